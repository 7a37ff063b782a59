package scp_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"riskreplay/src/diag"
	"riskreplay/src/scp"
)

// commands are the ones of the tests: one of each kind, and some that go wrong.
var commands = map[string]scp.Command{
	"shout": shoutCommand,
	// double returns every row twice, in pairs of fields and values.
	"double": plain("double", func() scp.Plan { return scp.Plan{Streaming: process(double), Fields: []string{"*"}} }),
	// twice does so in the selected fields mode, where that is not allowed.
	"twice": plain("twice", func() scp.Plan { return scp.Plan{Streaming: process(double), Fields: []string{"user"}} }),
	// odd drops every second row of a part, by _chunked_idx.
	"odd": plain("odd", func() scp.Plan { return scp.Plan{Streaming: process(odd), Fields: []string{"n"}} }),
	// split makes a list of a text, join the other way round.
	"split":  plain("split", func() scp.Plan { return scp.Plan{Streaming: process(split), Fields: []string{"*"}} }),
	"total":  plain("total", func() scp.Plan { return scp.Plan{Stateful: &total{}, Fields: []string{"*"}} }),
	"first":  plain("first", func() scp.Plan { return scp.Plan{Stateful: &first{left: 3}} }),
	"turn":   plain("turn", func() scp.Plan { return scp.Plan{Events: turn{}} }),
	"tally":  plain("tally", func() scp.Plan { return scp.Plan{Reporting: tally{}, Fields: []string{"user"}} }),
	"count":  plain("count", func() scp.Plan { return scp.Plan{Generating: &count{to: 7}, Type: scp.KindReporting} }),
	"fail":   plain("fail", func() scp.Plan { return scp.Plan{Streaming: process(fail)} }),
	"crash":  plain("crash", func() scp.Plan { return scp.Plan{Streaming: process(crash)} }),
	"idle":   plain("idle", func() scp.Plan { return scp.Plan{} }),
	"loose":  plain("loose", func() scp.Plan { panic("no set-up") }),
	"chatty": plain("chatty", func() scp.Plan { return scp.Plan{Streaming: process(chatty)} }),
	"noisy":  plain("noisy", func() scp.Plan { return scp.Plan{Streaming: &noisy{}} }),
}

func plain(name string, plan func() scp.Plan) scp.Command {
	return scp.Command{Name: name, Words: "<string>", Setup: func(*scp.Info, *scp.Args) (scp.Plan, diag.List) { return plan(), nil }}
}

type process func(in *scp.Rows, out *scp.Writer) error

func (p process) Process(in *scp.Rows, out *scp.Writer) error { return p(in, out) }

func double(in *scp.Rows, out *scp.Writer) error {
	half := out.Field("half")
	for in.Next() {
		for i := range 2 {
			out.Copy(in)
			out.SetInt(half, int64(i+1))
		}
	}
	return nil
}

func odd(in *scp.Rows, out *scp.Writer) error {
	n := in.Column("n")
	for in.Next() {
		if i, _ := strconv.Atoi(string(in.Value(n))); i%2 == 1 {
			out.Copy(in)
		}
	}
	return nil
}

func split(in *scp.Rows, out *scp.Writer) error {
	list, joined := out.Field("list"), out.Field("joined")
	a, many := in.Column("text"), in.Column("many")
	for in.Next() {
		out.Copy(in)
		if v := in.Value(a); v != nil {
			out.SetList(list, bytes.Split(v, []byte(";")))
		}
		if values := in.Values(many); values != nil {
			out.SetBytes(joined, bytes.Join(values, []byte(" + ")))
		}
	}
	return nil
}

// total is a running sum, and a last row with the end of it.
type total struct{ sum int64 }

func (s *total) Process(in *scp.Rows, out *scp.Writer) error {
	n, sum := in.Column("n"), out.Field("sum")
	for in.Next() {
		v, _ := strconv.ParseInt(string(in.Value(n)), 10, 64)
		s.sum += v
		out.Copy(in)
		out.SetInt(sum, s.sum)
	}
	return nil
}

func (s *total) Finish(out *scp.Writer) error {
	out.New()
	out.Set(out.Field("label"), "all")
	out.SetInt(out.Field("sum"), s.sum)
	return nil
}

// first keeps three rows.
type first struct{ left int }

func (f *first) Process(in *scp.Rows, out *scp.Writer) error {
	for in.Next() {
		out.Copy(in)
		if f.left--; f.left == 0 {
			return scp.ErrDone
		}
	}
	return nil
}

func (f *first) Finish(*scp.Writer) error { return nil }

// turn returns rows last to first.
type turn struct{}

func (turn) Arrange(all *scp.Spool, out *scp.Writer) error {
	for i := all.Len() - 1; i >= 0; i-- {
		row, err := all.Row(i)
		if err != nil {
			return err
		}
		out.Copy(row)
	}
	return nil
}

// tally counts by user.
type tally map[string]int64

func (t tally) Add(in *scp.Rows) error {
	user := in.Column("user")
	for in.Next() {
		for _, v := range in.Values(user) {
			t[string(v)]++
		}
	}
	return nil
}

func (t tally) Report(out *scp.Writer) error {
	user, count := out.Field("user"), out.Field("count")
	for _, u := range slices.Sorted(maps.Keys(t)) {
		out.New()
		out.Set(user, u)
		out.SetInt(count, t[u])
	}
	return nil
}

// count makes numbers, three a chunk.
type count struct{ n, to int64 }

func (c *count) Generate(out *scp.Writer) error {
	n := out.Field("n")
	for range 3 {
		if c.n == c.to {
			return scp.ErrDone
		}
		c.n++
		out.New()
		out.SetInt(n, c.n)
	}
	return nil
}

func fail(in *scp.Rows, out *scp.Writer) error {
	for in.Next() {
		out.Copy(in)
	}
	return errors.New("no rule is loaded")
}

func crash(in *scp.Rows, _ *scp.Writer) error {
	for in.Next() {
		if string(in.Value(in.Column("n"))) == "3" {
			panic("three")
		}
	}
	return nil
}

// chatty prints.
func chatty(in *scp.Rows, out *scp.Writer) error {
	for in.Next() {
		fmt.Println("printed by mistake")
		out.Copy(in)
	}
	return nil
}

// noisy warns of every row, and counts them.
type noisy struct{ rows atomic.Int64 }

func (n *noisy) Process(in *scp.Rows, out *scp.Writer) error {
	for in.Next() {
		n.rows.Add(1)
		out.Copy(in)
		out.Messages().Warnf("Row %s is odd.", in.Value(in.Column("n")))
		out.Messages().Infof("A row was seen.")
	}
	return nil
}

func (n *noisy) Summarise(m *scp.Messages) {
	m.Warnf("%d rows were seen.", n.rows.Load())
}

// unescape makes bytes of what a script cannot show.
var unescape = strings.NewReplacer("␍", "\r", "␀", "\x00", "␊", "\n", "⟨ff⟩", "\xff", "⟨c3⟩", "\xc3")
