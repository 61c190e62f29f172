/**
 * Environment of the server's programs: nothing of the hub's own, which holds secrets. The locale is fixed because
 * initdb takes the character classes from it: under LANG=C, trigram search finds no Chinese for ever after, and
 * a locale that is not installed makes initdb fail.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  return { PATH: process.env.PATH, LC_ALL: locale };
}
