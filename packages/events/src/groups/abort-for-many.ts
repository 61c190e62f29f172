import { setMaxListeners } from 'node:events';

/** A controller whose signal as many may listen to as handlers run: Node takes more than ten for a leak, and warns. */
export function abortForMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
