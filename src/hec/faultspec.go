package hec

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"riskreplay/src/diag"
)

// Faults is a plan of what goes wrong, for those who test clients: of each request
// with events it draws whether, by a seed, so that a run can be had again.
type Faults struct {
	text string
	list []plannedFault

	mu  sync.Mutex
	rnd *rand.Rand
}

// plannedFault is one thing that goes wrong with some requests.
type plannedFault struct {
	chance float64
	apply  func(*Fault)
}

const hintFaults = "for example 503:0.1,reset:0.01,slow=200ms:0.5,slow-ack=5s,no-ack:0.1,seed=7"

// ParseFaults reads a plan: parts with commas between, each with the share of
// requests that it happens to behind a colon (0.1 or 10%, without it all).
//
//	503        answered "busy" (code 9), nothing taken; 429 code 26, 500 code 8
//	STATUS     any other status, with a body that is a proxy's
//	code=N     the collector's answer N, nothing taken
//	cut        the connection is reset in the middle of the body, nothing taken
//	reset      the connection is reset instead of the answer, everything taken
//	slow=T     the answer comes after T, a duration such as 200ms
//	slow-ack=T the acknowledgement comes true after T
//	no-ack     the acknowledgement never comes true
//	retry-after=S  the header of that name with each "busy"
//	seed=N     draws other requests; 1 without it
func ParseFaults(text string) (*Faults, error) {
	f := &Faults{text: text}
	seed, retry := uint64(1), ""
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		head, share, shared := strings.Cut(part, ":")
		name, value, _ := strings.Cut(head, "=")
		chance, ok := 1.0, true
		if shared {
			chance, ok = parseShare(share)
		}
		var err error
		switch {
		case !ok:
			err = fmt.Errorf("expected a share of requests from 0 to 1 or in %%, found %q", share)
		case name == "seed":
			seed, err = strconv.ParseUint(value, 10, 64)
		case name == "retry-after":
			retry = value
			_, err = strconv.ParseUint(value, 10, 32)
		default:
			var apply func(*Fault)
			apply, err = parseFault(name, value)
			f.list = append(f.list, plannedFault{chance, apply})
		}
		if err != nil {
			return nil, diag.Message{Text: fmt.Sprintf("cannot read the fault %q: %v", part, err), Hint: hintFaults}
		}
	}
	if retry != "" {
		f.list = append(f.list, plannedFault{1, func(one *Fault) {
			if one.Code.Class() == Busy && one.Code != 0 {
				one.RetryAfter = retry
			}
		}})
	}
	f.rnd = rand.New(rand.NewPCG(seed, 0))
	return f, nil
}

func parseShare(text string) (float64, bool) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	return share, err == nil && share >= 0 && share <= 1
}

// statusCodes are the collector's own answers with a status.
var statusCodes = map[int]Code{503: CodeBusy, 429: CodeAtCapacity, 500: CodeServerError}

func parseFault(name, value string) (func(*Fault), error) {
	if status, err := strconv.Atoi(name); err == nil && value == "" {
		if status < 400 || status > 599 {
			return nil, fmt.Errorf("expected a status from 400 to 599")
		}
		return answering(Fault{Status: status, Code: statusCodes[status]}), nil
	}
	switch name {
	case "code":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || !Code(n).known() {
			return nil, fmt.Errorf("expected a code from 1 to %d", len(codes)-1)
		}
		return answering(Fault{Code: Code(n)}), nil
	case "cut":
		return func(f *Fault) {
			if f.Code == 0 && f.Status == 0 {
				f.Reset, f.ResetAfter = ResetBody, 1
			}
		}, nil
	case "reset":
		return func(f *Fault) {
			if f.Reset == ResetNever {
				f.Reset = ResetReply
			}
		}, nil
	case "no-ack":
		return func(f *Fault) { f.DropAck = true }, nil
	case "slow", "slow-ack":
		wait, err := time.ParseDuration(value)
		if err != nil || wait < 0 {
			return nil, fmt.Errorf("expected a duration, such as %s=200ms", name)
		}
		if name == "slow" {
			return func(f *Fault) { f.Delay = wait }, nil
		}
		return func(f *Fault) { f.AckDelay = wait }, nil
	}
	return nil, fmt.Errorf("there is no such fault")
}

// answering sets an answer, unless there is one already.
func answering(answer Fault) func(*Fault) {
	return func(f *Fault) {
		if f.Code == 0 && f.Status == 0 {
			f.Code, f.Status = answer.Code, answer.Status
		}
	}
}

// String is the plan as it was written.
func (f *Faults) String() string { return f.text }

// Draw gives what goes wrong with a request; it is HandlerOptions.Fault. Questions
// for acknowledgements and health are answered rightly.
func (f *Faults) Draw(r *http.Request) Fault {
	var out Fault
	if strings.Contains(r.URL.Path, "/ack") || strings.Contains(r.URL.Path, "/health") {
		return out
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.list {
		if f.rnd.Float64() < one.chance {
			one.apply(&out)
		}
	}
	return out
}
