// Package check is a detection's tests on a target: the embedded engine or a
// Splunk. A test replays its data into an index of its own and asks three things,
// as contentctl does:
//
//	Unit         the search finds what it must, and every risk object has a name
//	Integration  the saved search fires at its schedule: risk events and notables
//	             are written as Enterprise Security would write them
//
// (Validation, the third, is rules over the files; package vet has them.)
//
//	cases := check.Cases(content)
//	for r := range check.Run(ctx, cases, check.Options{Target: target, Data: data, Now: now}) {
//		r.Detection.Name, r.Test.Name, r.Unit, r.Integration
//	}
//
// A test never sees what another has written. Data is read once, however many tests
// use it, and nobody changes it. Results come in the order of the cases, whatever
// ran first. What is wrong with one test keeps no other from running.
package check
