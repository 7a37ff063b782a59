package command

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/pcre"
	"riskreplay/src/search"
	splscripts "riskreplay/testdata/spl"
)

// stageOf binds the last command of a search.
func stageOf(b *testing.B, w *world, tail string) search.Stage {
	tree, problems := parse("s", "* | "+tail)
	require.False(b, problems.HasErrors(), problems)
	spec, _ := Table()(tree.Stages[1].Name)
	stage, problems := spec.Bind(tree.Stages[1], w)
	require.False(b, problems.HasErrors(), problems)
	return stage
}

// BenchmarkTexts runs commands that read fields out of events, which are all
// different.
func BenchmarkTexts(b *testing.B) {
	const n = 2000
	w := newWorld(splscripts.Setup{})
	json := func(i int) string {
		return fmt.Sprintf(`{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDA%d","arn":"arn:aws:iam::1:user/u%d","userName":"u%d"},"eventTime":"2026-01-15T12:%02d:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateAccessKey","awsRegion":"us-east-1","sourceIPAddress":"10.0.%d.%d","userAgent":"aws-cli/2.0 Python/3.9","requestParameters":{"userName":"u%d","tags":[{"k":"a","v":"b"},{"k":"c","v":"d"}]},"responseElements":null,"readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"123456789012","requestID":"%08x-1","eventID":"%08x-2"}`, i%50, i%50, i%50, i%60, i%200, i%250, i%30, i, i)
	}
	xml := func(i int) string {
		return fmt.Sprintf(`<Event><System><Provider>Sysmon</Provider><EventID>1</EventID><Computer>host%d</Computer></System><EventData><Image>C:\Windows\System32\cmd%d.exe</Image><CommandLine>cmd.exe /c echo %d and then something that is longer</CommandLine><User>corp\user%d</User><ParentImage>C:\Windows\explorer.exe</ParentImage><ProcessId>%d</ProcessId></EventData></Event>`, i%100, i%300, i, i%50, i%5000)
	}
	for _, c := range []struct {
		tail string
		text func(int) string
	}{
		{"spath", json},
		{"spath path=requestParameters.tags{}.k", json},
		{"fromjson _raw", json},
		{"xmlkv", xml},
		{"spath input=_raw", xml},
		{`rex "<Image>(?<image>[^<]+)</Image>.*<User>(?<user>[^<]+)</User>"`, xml},
		{`regex "cmd12\d\.exe"`, xml},
	} {
		b.Run(c.tail, func(b *testing.B) {
			stage := stageOf(b, w, c.tail)
			in := batch.New(n)
			raw := &batch.Column{Bytes: make([][]byte, n)}
			size := 0
			for i := range raw.Bytes {
				raw.Bytes[i] = []byte(c.text(i))
				size += len(raw.Bytes[i])
			}
			in.Set("_raw", raw)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				op, err := stage.Open(w)
				require.NoError(b, err)
				require.NoError(b, op.Push(b.Context(), in, func(*batch.Batch) error { return nil }))
			}
		})
	}
	b.Run("the pattern of rex alone", func(b *testing.B) {
		re, err := pcre.Compile("<Image>(?<image>[^<]+)</Image>.*<User>(?<user>[^<]+)</User>")
		require.NoError(b, err)
		size := 0
		var texts []string
		for i := range n {
			texts = append(texts, xml(i))
			size += len(texts[i])
		}
		b.SetBytes(int64(size))
		for b.Loop() {
			for _, t := range texts {
				_, err := re.Find(t, 0)
				require.NoError(b, err)
			}
		}
	})
}
