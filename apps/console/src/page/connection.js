// The live connection: one EventSource, opened anew when it is lost.

/** Calls `onOverview` with each snapshot and `onState` with `connecting | live | lost`. */
export function connect({ onOverview, onState }) {
  let source;
  let retry;
  const open = () => {
    clearTimeout(retry);
    source = new EventSource('/api/stream');
    source.addEventListener('overview', (message) => {
      onState('live');
      onOverview(JSON.parse(message.data));
    });
    source.onerror = () => {
      onState('lost');
      // After a refusal the browser gives up; we do not.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 3000);
    };
  };
  onState('connecting');
  open();
  // Nobody looks: nothing need be sent.
  document.addEventListener('visibilitychange', () => {
    clearTimeout(retry);
    source.close();
    if (!document.hidden) open();
  });
}

/** GET as JSON. Throws an `Error` with the server's sentence. */
export async function get(path) {
  let response;
  try {
    response = await fetch(path, { headers: { accept: 'application/json' } });
  } catch {
    throw new Error('Holdfast does not answer. Is it still running?');
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `Holdfast answered with status ${response.status}.`);
  return body;
}
