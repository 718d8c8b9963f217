// What a playbook is called; one that has been retired keeps its id.
import { PLAYBOOKS } from '@holdfast/policy';

export const playbookName = (id: string): string => PLAYBOOKS.find((playbook) => playbook.id === id)?.name ?? id;
