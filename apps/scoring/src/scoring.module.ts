// The service as Nest sees it: no endpoints of its own; its work is the stream transport.
import { type DynamicModule, Module } from '@nestjs/common';
import { type ServiceContext } from '@holdfast/service';
import { type Resources } from '@holdfast/stream';

import { type ScoringSettings } from './settings.js';

@Module({})
export class ScoringModule {
  static register(_context: ServiceContext, _resources: Resources, _settings: ScoringSettings): DynamicModule {
    return { module: ScoringModule };
  }
}
