package job

// Outline is what there is to tell of a search without running it.
type Outline struct {
	// Text is the search with its macros expanded.
	Text     string
	Commands []Command
	// Events is the part that gives events, Report the rest, from the first command
	// that makes other rows of them; each is empty when there is no such part.
	Events, Report string
}

// Command is one command of a pipeline.
type Command struct {
	Name, Args string
	// Kind is its type in Splunk's words, such as streaming or transforming.
	Kind       string
	Generating bool
}

// Outliner tells of searches. It is safe for concurrent use; the error is that of a
// search that is wrong.
type Outliner interface {
	Outline(r Request) (Outline, error)
}
