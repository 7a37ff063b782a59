package hec

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSplunksOwnLogger has Splunk's logger for Node.js (npm splunk-logging) send
// to the handler. NODE_PATH may say where the package is.
func TestSplunksOwnLogger(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is missing: Splunk's own logger was not tried against the handler")
	}
	if exec.Command(node, "-e", "require('splunk-logging')").Run() != nil {
		t.Skip("the npm package splunk-logging is missing (set NODE_PATH): Splunk's own logger was not tried against the handler")
	}
	const script = `
const {Logger} = require('splunk-logging');
const logger = new Logger({token: process.argv[1], url: process.argv[2], maxBatchCount: 0});
logger.eventFormatter = m => m;
logger.send({message: 'one', metadata: {host: 'h', source: 's', sourcetype: 't', index: 'main'}});
logger.send({message: {k: 2}, metadata: {time: 1795323600.135}});
logger.flush((err, resp, body) => { console.log(JSON.stringify(body)); process.exit(err ? 1 : 0); });
`
	store := &memory{}
	_, web := collector(t, store, plainToken(), HandlerOptions{})
	out, err := exec.Command(node, "-e", script, aToken, web.URL).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, `{"text":"Success","code":0}`, strings.TrimSpace(string(out)))
	require.Equal(t, []string{"one", `{"k":2}`}, store.raws())
	require.Equal(t, "h", store.events[0].Host)
	require.Equal(t, "main", store.events[1].Index)
	require.Equal(t, "http:t", store.events[1].Source)
	require.Equal(t, "1795323600.135", store.events[1].Time.String())
}
