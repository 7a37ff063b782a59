// Logs each line of a file with winston's transport for Splunk, one request a line. It
// names the index winston-index: that is its default.
//   node winston-splunk-httplogger.js URL TOKEN FILE SOURCE
const fs = require('fs');
const winston = require('winston');
const SplunkStreamEvent = require('winston-splunk-httplogger');

const [url, token, file, source] = process.argv.slice(2);
const transport = new SplunkStreamEvent({
  splunk: { token, url, source, sourcetype: 'client', eventFormatter: message => message.msg },
});
transport.server.requestOptions.strictSSL = true;
transport.server.error = err => { console.error(err); process.exit(1); };
const logger = winston.createLogger({ transports: [transport] });
for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  logger.info(line);
}
