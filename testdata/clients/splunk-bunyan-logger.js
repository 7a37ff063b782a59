// Logs each line of a file with bunyan's stream for Splunk, one request a line.
//   node splunk-bunyan-logger.js URL TOKEN FILE SOURCE
const fs = require('fs');
const { createStream } = require('splunk-bunyan-logger');

const [url, token, file, source] = process.argv.slice(2);
const stream = createStream({ token, url, maxBatchCount: 1 });
stream.setEventFormatter(message => message.msg);
stream.stream.logger.requestOptions.strictSSL = true;
stream.on('error', err => { console.error(err); process.exit(1); });
for (const msg of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  stream.stream.write({ msg, level: 30, time: new Date(), hostname: 'node', source, sourcetype: 'client', index: 'main' });
}
