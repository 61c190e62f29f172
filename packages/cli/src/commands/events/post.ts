import { Command } from 'commander';
import { eventToPost, type PostedEvent } from '../../events/event-to-post.js';
import { type HubOption, hubSettings, withHub } from '../../events/hub-option.js';
import { postEvent } from '../../events/post-event.js';
import { jsonLine } from '../../events/printable.js';
import { signingSecret } from '../../events/signing-secret.js';

interface PostOptions extends HubOption, PostedEvent {
  readonly url?: string;
  readonly sender: string;
  readonly secretFile?: string;
  readonly json?: boolean;
}

/** `deskgraph events post`. */
export function postCommand(): Command {
  const command = new Command('post')
    .description("Sign an event and post it to a hub's /events, as a system outside would")
    .option('--type <type>', 'what kind of thing happened: order.paid')
    .option('--data <json>', 'JSON; @FILE reads it from a file, @- from stdin')
    .option('--subject <subject>', 'what it is about, usually an id')
    .option('--topic <topic>', 'where it is heard; default: the type')
    .option('--key <key>', 'order is kept among events of one key; default: the subject, else the topic')
    .option('--source <uri>', 'who says so', '/cli')
    .option('--id <id>', 'the same id of the same source again is the same event; default: a new one')
    .option('--time <time>', 'when it happened, RFC 3339; default: now')
    .option('--event <file>', 'a whole CloudEvent in JSON instead; - reads it from stdin')
    .option('--url <url>', 'the hub; default: where the configuration says that it listens')
    .option('--sender <name>', 'who signs, of events.webhooks in the configuration', 'demo')
    .option('--secret-file <file>', 'a file with the secret to sign with, where there is no configuration')
    .option('--json', "the hub's answer as JSON: id, duplicate")
    .addHelpText(
      'after',
      `
  deskgraph events post --type order.paid --subject ord_1 --data @order.json

The sender "demo" is there as long as the demonstration is on, on the machine of the hub.`,
    );
  return withHub(command).action(async (options: PostOptions) => {
    const settings = hubSettings(options);
    const { host, port } = settings.server;
    const event = await eventToPost(options);
    const secret = await signingSecret(settings, options);
    const answer = await postEvent(event, { url: options.url ?? `http://${host}:${port}`, secret });
    if (options.json) console.log(jsonLine(answer));
    else
      console.log(
        answer.duplicate ? `${answer.id} was stored before; nothing happens.` : `${answer.id} stored.`,
      );
  });
}
