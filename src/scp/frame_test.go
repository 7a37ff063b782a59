package scp

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// readAll reads a stream as "metadata|body" texts.
func readAll(r io.Reader, limits Limits) (chunks []string, err error) {
	f := newFrames(r, limits)
	for {
		metadata, err := f.next()
		if err != nil {
			return chunks, err
		}
		body, err := io.ReadAll(f)
		if err != nil {
			return chunks, err
		}
		chunks = append(chunks, string(metadata)+"|"+string(body))
	}
}

func TestFrames(t *testing.T) {
	for stream, want := range map[string][]string{
		"":                            nil,
		"chunked 1.0,2,0\n{}":         {"{}|"},
		"chunked 1.0,0,0\n":           {"|"},
		"chunked 1.0,3,4\n{}\na\nb\n": {"{}\n|a\nb\n"},
		"chunked 1.0,2,3\n{}abcchunked 1.0,2,0\n{}": {"{}|abc", "{}|"},
		"chunked 1.0,2,6\n{}ñ\n\xff\n\x00":          {"{}|ñ\n\xff\n\x00"},
		"chunked 1.0, 2 , 1 \r\n{}x":                {"{}|x"}, // as others write it
	} {
		for name, r := range map[string]io.Reader{"at once": strings.NewReader(stream), "byte by byte": iotest.OneByteReader(strings.NewReader(stream))} {
			got, err := readAll(r, Limits{})
			require.Equal(t, io.EOF, err, "%q %s", stream, name)
			require.Equal(t, want, got, "%q %s", stream, name)
		}
	}
}

func TestBadFrames(t *testing.T) {
	for _, c := range []struct {
		stream string
		is     error
		says   string
	}{
		{"x", ErrMagic, `cannot read chunk 1: a chunk does not begin with "chunked 1.0,": found "x"`},
		{"chunked 2.0,1,1\n", ErrMagic, `cannot read chunk 1: a chunk does not begin with "chunked 1.0,": found "chunked 2"`},
		{"GET / HTTP/1.1\r\n\r\n", ErrMagic, `cannot read chunk 1: a chunk does not begin with "chunked 1.0,": found "G"`},
		{"chunked 1.0,2,0\n{}\nchunked 1.0,2,0\n{}", ErrMagic, `cannot read chunk 2: a chunk does not begin with "chunked 1.0,": found "\n"`},
		{"chunked 1.0,a,0\n", ErrLength, `cannot read chunk 1: a length is not a number: found 'a'`},
		{"chunked 1.0,,0\n", ErrLength, `cannot read chunk 1: a length is not a number: found ','`},
		{"chunked 1.0,-2,0\n", ErrLength, `cannot read chunk 1: a length is not a number: found '-'`},
		{"chunked 1.0,1 2,0\n", ErrLength, `cannot read chunk 1: a length is not a number: found '2'`},
		{"chunked 1.0,1\n", ErrLength, `cannot read chunk 1: a length is not a number: found '\n'`},
		{"chunked 1.0,99999999999999999999,0\n", ErrTooLarge, "cannot read chunk 1: a length is over the limit"},
		{"chunked 1.0,900000000000000000,0\n", ErrTooLarge, "cannot read chunk 1: a length is over the limit: 900000000000000000 bytes of metadata"},
		{"chunked 1.0,2,900000000000000000\n{}", ErrTooLarge, "cannot read chunk 1: a length is over the limit: 900000000000000000 bytes of body"},
		{"chunk", ErrTruncated, "cannot read chunk 1: the stream ended inside a chunk"},
		{"chunked 1.0,2", ErrTruncated, "cannot read chunk 1: the stream ended inside a chunk"},
		{"chunked 1.0,5,0\n{}", ErrTruncated, "cannot read chunk 1: the stream ended inside a chunk: 2 of 5 bytes of metadata"},
		{"chunked 1.0,2,9\n{}abc", ErrTruncated, "cannot read chunk 1: the stream ended inside a chunk: 6 bytes of the body are missing"},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.stream), iotest.OneByteReader(strings.NewReader(c.stream))} {
			_, err := readAll(r, Limits{})
			require.ErrorIs(t, err, c.is, "%q", c.stream)
			var fe *FrameError
			require.ErrorAs(t, err, &fe)
			require.EqualError(t, err, c.says)
		}
	}
}

func TestLengthsThatLieTakeNoMemory(t *testing.T) {
	huge := "chunked 1.0,2,60000000000\n{}abc"
	f := newFrames(strings.NewReader(huge), Limits{})
	_, err := f.next()
	require.NoError(t, err)
	allocated := testing.AllocsPerRun(1, func() {
		p := parts{src: f, limit: 1 << 20, pool: &buffers{size: partSize}}
		for err == nil {
			_, err = p.next()
		}
	})
	require.ErrorIs(t, err, ErrTruncated)
	require.Less(t, allocated, 50.0)
}

func TestAWrongByteIsRefusedWithoutWaitingForALine(t *testing.T) {
	r, w := io.Pipe()
	go func() { _, _ = w.Write([]byte("chunx")) }() // and then nothing
	_, err := newFrames(r, Limits{}).next()
	require.ErrorIs(t, err, ErrMagic)
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("chunked 1.0,2,3\n{}abcchunked 1.0,2,0\n{}"))
	f.Add([]byte("chunked 1.0, 2 , 1 \r\n{}x"))
	f.Add([]byte("chunked 1.0,2,99999\n{}x"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		var again []byte
		fr := newFrames(bytes.NewReader(stream), Limits{Metadata: 1 << 16, Body: 1 << 16})
		for {
			metadata, err := fr.next()
			if err == io.EOF {
				break
			}
			var body []byte
			if err == nil {
				body, err = io.ReadAll(fr)
			}
			if err != nil {
				var fe *FrameError
				require.True(t, errors.As(err, &fe), "%v", err)
				return
			}
			again = append(append(appendFrame(again, len(metadata), int64(len(body))), metadata...), body...)
		}
		require.LessOrEqual(t, len(again), len(stream))
		if len(again) == len(stream) {
			require.Equal(t, string(stream), string(again), "what was read whole is written as it was")
		}
	})
}
