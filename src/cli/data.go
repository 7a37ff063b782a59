package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/ingest"
)

// resolve turns --data and DATASET arguments into datasets. What is wrong with
// one is said, the others count; the second result tells that something was
// wrong. No dataset at all is an error.
func (s streams) resolve(args []string) (datasets []ingest.Dataset, bad bool, err error) {
	var problems diag.List
	for _, arg := range args {
		in, err := ingest.ParseInput(arg)
		if err != nil {
			return nil, true, usageError{err}
		}
		if s.dataDir != nil {
			in.DataDir = *s.dataDir
		}
		found, more := ingest.Resolve(in)
		datasets = append(datasets, found...)
		problems = append(problems, more...)
	}
	s.say(problems)
	if len(datasets) == 0 && problems.HasErrors() {
		return nil, true, environmentError{silentError{}}
	}
	return datasets, problems.HasErrors(), nil
}

// attach adds the indexes in folders among --data and DATASET arguments to what
// is searched, and gives the other arguments. They are never copied or moved.
func (s streams) attach(t *target, args []string) (rest []string, attached []engine.Loaded, err error) {
	for _, arg := range args {
		in, err := ingest.ParseInput(arg)
		if err != nil || !index.IsFolder(in.Path) {
			rest = append(rest, arg)
			continue
		}
		if in.Metadata != (ingest.Metadata{}) {
			return nil, nil, usageError{fmt.Errorf("%q is an index, whose events have their own metadata: leave the options behind it out", in.Path)}
		}
		x, err := index.Open(in.Path, index.Options{ReadOnly: true, Warn: func(m diag.Message) { s.say(diag.List{m}) }})
		if err != nil {
			return nil, nil, environmentError{err}
		}
		one, err := t.engine.Attach(in.Path, x)
		if err != nil {
			return nil, nil, environmentError{err}
		}
		attached = append(attached, one)
	}
	return rest, attached, nil
}

// load reads datasets into the engine and says what was wrong with them.
func (s streams) load(ctx context.Context, t *target, datasets []ingest.Dataset, move engine.Move) (loaded []engine.Loaded, bad bool, err error) {
	loaded, problems, err := t.engine.Load(ctx, datasets, event.At(t.now), move)
	s.say(problems)
	if err != nil {
		return loaded, true, err
	}
	events := 0
	for _, l := range loaded {
		events += l.Events
	}
	if events == 0 && len(datasets) > 0 {
		if problems.HasErrors() {
			return loaded, true, environmentError{silentError{}}
		}
		return loaded, true, environmentError{errors.New("there is no event in the data given")}
	}
	return loaded, problems.HasErrors(), nil
}

// partly is the error of a run that did its work although some data could not be
// read.
func partly() error {
	return environmentError{errors.New("some of the data could not be read (see above); the rest was")}
}

// readText reads a file, or stdin for "-".
func (s streams) readText(name string) (*diag.Text, error) {
	if name == "-" {
		data, err := readLimited(s.in)
		if err != nil {
			return nil, environmentError{fmt.Errorf("cannot read stdin: %w", err)}
		}
		return &diag.Text{Name: "<stdin>", Body: string(data)}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, environmentError{fmt.Errorf("cannot read %q: %w", name, errors.Unwrap(err))}
	}
	defer func() { _ = f.Close() }() // read only
	data, err := readLimited(f)
	if err != nil {
		return nil, environmentError{fmt.Errorf("cannot read %q: %w", name, err)}
	}
	return &diag.Text{Name: name, Body: string(data)}, nil
}
