// Sends each line of a file with Splunk's own logger for Node.js, in batches.
//   node splunk-logging.js URL TOKEN FILE SOURCE
const fs = require('fs');
const { Logger } = require('splunk-logging');

const [url, token, file, source] = process.argv.slice(2);
const logger = new Logger({ token, url, maxBatchCount: 0 });
logger.requestOptions.strictSSL = true;
logger.eventFormatter = message => message;
logger.error = err => { console.error(err); process.exit(1); };
for (const message of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  logger.send({ message, metadata: { source, sourcetype: 'client', host: 'node', index: 'main' } });
}
logger.flush((err, response, body) => {
  if (err || body.code !== 0) {
    console.error(err || body);
    process.exit(1);
  }
});
