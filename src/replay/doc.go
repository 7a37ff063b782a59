// Package replay delivers datasets into a sink: the right events, at the right
// time, once, completely, and with proof.
//
// First there is a plan: what will be read, from where, with which metadata, how
// many events, and by how much their times move. It is made by reading the
// datasets once; the same arguments give the same bytes, and its hash names what
// was sent. A run carries out a plan: it reads again, moves the times, paces,
// cuts batches, hands them to a Sink, and writes down what the sink settled, so
// that a run that was killed goes on where it stood.
package replay
