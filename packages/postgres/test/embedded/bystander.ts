// A program that happens to have the process id of a server that is gone, and even its words on the command line.
process.on('message', () => {});
process.send?.('running');
