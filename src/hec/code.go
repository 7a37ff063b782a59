package hec

import "net/http"

// Code is the number in an answer of the collector.
type Code int

// The codes of Splunk 10. Those from 24 on need backpressureState = warn_at_80,
// the last is Splunk Cloud's.
const (
	CodeSuccess            Code = 0
	CodeTokenDisabled      Code = 1
	CodeTokenRequired      Code = 2
	CodeInvalidAuth        Code = 3
	CodeInvalidToken       Code = 4
	CodeNoData             Code = 5
	CodeInvalidFormat      Code = 6
	CodeIncorrectIndex     Code = 7
	CodeServerError        Code = 8
	CodeBusy               Code = 9
	CodeChannelMissing     Code = 10
	CodeInvalidChannel     Code = 11
	CodeEventRequired      Code = 12
	CodeEventBlank         Code = 13
	CodeAckDisabled        Code = 14
	CodeFields             Code = 15
	CodeQueryAuth          Code = 16
	CodeHealthy            Code = 17
	CodeQueuesFull         Code = 18
	CodeAckUnavailable     Code = 19
	CodeBothFull           Code = 20
	CodeHealthToken        Code = 21
	CodeHealthDisabled     Code = 22
	CodeShuttingDown       Code = 23
	CodeNearCapacity       Code = 24
	CodeAckNearCapacity    Code = 25
	CodeAtCapacity         Code = 26
	CodeAckAtCapacity      Code = 27
	CodeCloudChannel       Code = 28
	codeNotFound           Code = 404
	codeTooLarge           Code = 413
	codeNone               Code = -1 // the answer has no code
	stickySessionsRequired      = "Data channel is missing. If you have multiple indexers, sticky session load balancers must be provisioned and client requests must be routed accordingly."
)

// Class is what an answer means for who sent the events.
type Class uint8

// The classes of answers.
const (
	// Accepted: everything was taken.
	Accepted Class = iota
	// BadEvent: one event is at fault; those before it were taken.
	BadEvent
	// Busy: nothing was taken; later it may be.
	Busy
	// Unclear: it may have been taken or not.
	Unclear
	// TooLarge: less at once may be taken.
	TooLarge
	// Refused: sending again does not help.
	Refused
)

type codeRow struct {
	status int
	class  Class
	text   string
	hint   string
}

const (
	hintToken   = "check the token: in Splunk Web, Settings, Data inputs, HTTP Event Collector"
	hintChannel = "the token wants acknowledgement (useACK): ask for it, so that a channel is sent"
)

// codes is what each code says, over which HTTP status, and what to do.
var codes = [...]codeRow{
	CodeSuccess:         {200, Accepted, "Success", ""},
	CodeTokenDisabled:   {403, Refused, "Token disabled", "enable the token, and the collector in its global settings"},
	CodeTokenRequired:   {401, Refused, "Token is required", hintToken},
	CodeInvalidAuth:     {401, Refused, "Invalid authorization", hintToken},
	CodeInvalidToken:    {403, Refused, "Invalid token", hintToken},
	CodeNoData:          {400, Refused, "No data", ""},
	CodeInvalidFormat:   {400, BadEvent, "Invalid data format", "Splunk takes no such event, or none of its size"},
	CodeIncorrectIndex:  {400, BadEvent, "Incorrect index", "create the index, or add it to those that the token may write"},
	CodeServerError:     {500, Unclear, "Internal server error", ""},
	CodeBusy:            {503, Busy, "Server is busy", ""},
	CodeChannelMissing:  {400, Refused, "Data channel is missing", hintChannel},
	CodeInvalidChannel:  {400, Refused, "Invalid data channel", "a channel is a GUID"},
	CodeEventRequired:   {400, BadEvent, "Event field is required", ""},
	CodeEventBlank:      {400, BadEvent, "Event field cannot be blank", ""},
	CodeAckDisabled:     {400, Refused, "ACK is disabled", "switch useACK on for the token, or do not ask for acknowledgement"},
	CodeFields:          {400, BadEvent, "Error in handling indexed fields", "indexed fields are flat: texts, numbers, lists of them"},
	CodeQueryAuth:       {400, Refused, "Query string authorization is not enabled", "send the token in the Authorization header"},
	CodeHealthy:         {200, Accepted, "HEC is healthy", ""},
	CodeQueuesFull:      {503, Busy, "HEC is unhealthy, queues are full", ""},
	CodeAckUnavailable:  {503, Busy, "HEC is unhealthy, ack service unavailable", ""},
	CodeBothFull:        {503, Busy, "HEC is unhealthy, queues are full, ack service unavailable", ""},
	CodeHealthToken:     {400, Refused, "Invalid token", hintToken},
	CodeHealthDisabled:  {400, Refused, "Token disabled", hintToken},
	CodeShuttingDown:    {503, Busy, "Server is shutting down", ""},
	CodeNearCapacity:    {200, Accepted, "HEC queue is approaching its capacity limit", ""},
	CodeAckNearCapacity: {200, Accepted, "HEC ACK is approaching its capacity limit", ""},
	CodeAtCapacity:      {429, Busy, "HEC queue is at capacity and cannot process any more requests", ""},
	CodeAckAtCapacity:   {429, Busy, "HEC ACK channel is at capacity and cannot process any more requests", ""},
	CodeCloudChannel:    {400, Refused, stickySessionsRequired, hintChannel},
}

func (c Code) row() codeRow {
	switch {
	case c >= 0 && int(c) < len(codes):
		return codes[c]
	case c == codeTooLarge:
		return codeRow{http.StatusRequestEntityTooLarge, TooLarge, "Request entity is too large", "send less at once"}
	case c == codeNotFound:
		return codeRow{http.StatusNotFound, Refused, "The requested URL was not found on this server.", hintAddress}
	}
	return codeRow{status: http.StatusInternalServerError, class: Unclear}
}

const hintAddress = "check the address: the collector has a port of its own, 8088 where nothing else was set"

// Text is what Splunk says with the code.
func (c Code) Text() string { return c.row().text }

// Status is the HTTP status that comes with the code.
func (c Code) Status() int { return c.row().status }

// Class is what the code means for the sender; Unclear for an unknown one.
func (c Code) Class() Class { return c.row().class }

// Hint is what a person can do about it, "" when there is nothing.
func (c Code) Hint() string { return c.row().hint }
