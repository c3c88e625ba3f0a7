// Package record keeps everything that a pass needs in one file, and gives it back.
//
// A recording is an engine.Input: the moment, the manifests with their places, the
// texts of policies, what each source said and how observing it went. A pass on the
// recording gives the very result of the pass that was recorded, on another machine
// and without any of the files. It holds no result, and it runs nothing that it
// holds but policies, which are sealed as always.
//
//	engine.Input ──► Recording ──Write──► header, zstd(parts) ──Read──► Recording ──► engine.Input
//	                     └──Redact──► Recording in which people have other names
//
// codec.go walks the parts of a recording: the same few functions (input.go,
// manifests.go, facts.go) write, read and rewrite them, so that each field is named
// once, with what kind of text it is. That kind decides what redaction does to it
// (redact.go): a field that has none is in no recording, and a test finds it.
//
// It stands above engine, whose input it holds, and beside standalone: neither
// knows the other, and the command line joins them.
package record
