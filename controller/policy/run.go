package policy

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// maxOverruns is how often a policy may run past its deadline in one pass. Then
// it is not run any more: 10,000 areas at a second each would stop everything else.
const maxOverruns = 10

// pass is what all workers of one evaluation share.
type pass struct {
	set      *Set
	from     *store.Store
	subjects []Subject
	options  Options
	declare  bool
	overruns []atomic.Int32 // by the instance's position
}

// worker evaluates subjects one after the other.
type worker struct {
	evaluated
	pass    *pass
	watch   *watch
	view    *store.View
	encoder *encode.Encoder
	cache   *ruleCache
	// queries are by instance and program.
	queries [][]*topdown.Query
	results []result
	seen    ast.Set
	keys    map[string]bool
	// overran says that the run was stopped by a limit of time or memory, or not begun for that reason.
	overran bool
	// panicked says with what the worker panicked, and where; empty where it did not.
	panicked string
}

// catch keeps a panic for whoever waits for the worker: one that left this goroutine would end the process.
func (w *worker) catch() {
	if reason := recover(); reason != nil {
		w.panicked = fmt.Sprintf("%v\n%s", reason, debug.Stack())
	}
}

// noTime is given to OPA so that it does not ask the clock; no builtin that
// shows it is available.
var noTime = time.Unix(1, 0)

func newWorker(p *pass, watch *watch) *worker {
	w := &worker{pass: p, watch: watch, encoder: encode.NewEncoder(), cache: &ruleCache{}, keys: map[string]bool{}}
	w.view = p.from.Unrecorded()
	if p.options.KeepReads || p.options.Reads != nil {
		w.view = p.from.View()
	}
	w.status = make([]Status, len(p.set.instances))
	w.queries = make([][]*topdown.Query, len(p.set.instances))
	for i, instance := range p.set.instances {
		for _, program := range instance.stage(p.declare).programs {
			w.queries[i] = append(w.queries[i], topdown.NewQuery(program.body).
				WithCompiler(instance.compiler).
				WithStore(p.from).WithTransaction(w.view).WithBaseCache(w.view).
				WithVirtualCache(w.cache).WithCancel(watch).
				WithStrictBuiltinErrors(true).WithMetrics(metrics.NoOp()).WithTime(noTime))
		}
	}
	return w
}

func (w *worker) judge(ctx context.Context, subjects []Subject) {
	for i := range subjects {
		subject := &subjects[i]
		plan := w.pass.set.plans[subject.Kind]
		if plan == nil {
			continue // no policy has this kind of subject
		}
		subject = subject.made()
		input, err := w.encoder.Value(plan, subject.Input)
		if err != nil {
			w.err = fmt.Errorf("input of %s %s: %w", subject.Kind, subject.ID, err)
			return
		}
		term := ast.NewTerm(input)
		for at, instance := range w.pass.set.instances {
			if ctx.Err() != nil {
				return
			}
			if instance.Subject != subject.Kind || len(w.queries[at]) == 0 {
				continue
			}
			if applies := w.pass.options.Applies; applies != nil && !applies(instance.Name, subject) {
				continue
			}
			w.judgeOne(ctx, at, subject, term)
		}
	}
}

// judgeOne runs one instance on one subject.
//
//	run       touches unknown   handles_unknown   counted as     results
//	--------------------------------------------------------------------------------
//	failed    -                 -                 failed         dropped
//	done      no                -                 judged         raised, declared
//	done      yes               yes               judged         raised, declared
//	done      yes               no                undetermined   undetermined; not declared
func (w *worker) judgeOne(ctx context.Context, at int, subject *Subject, input *ast.Term) {
	instance, status := w.pass.set.instances[at], &w.status[at]
	status.Subjects++
	if w.pass.overruns[at].Load() >= maxOverruns {
		w.overran = true
		w.fail(at, subject, ownership.Problem{
			Location: ownership.Location{File: instance.File}, Reason: ReasonEvaluationError,
			Message: fmt.Sprintf("not run: it ran past its limits on %d subjects before", maxOverruns),
			Remedy:  "make the policy cheaper, or narrow what it matches",
		})
		return
	}
	began := time.Now()
	w.overran = false
	w.watch.begin(began)
	problem := w.run(ctx, at, input)
	w.watch.end()
	status.Duration += time.Since(began)
	if w.pass.options.KeepReads {
		w.keepReads(instance, subject)
	}
	if tell := w.pass.options.Reads; tell != nil {
		tell(instance.Name, subject.ID, w.view.Reads())
	}
	if problem != nil {
		problem.Reason = ReasonEvaluationError
		w.fail(at, subject, *problem)
		return
	}
	because := ""
	if !instance.HandlesUnknown {
		because = w.unknown(instance.stage(w.pass.declare), subject)
	}
	if because != "" {
		status.Undetermined++
		w.Undetermined = append(w.Undetermined, Undetermined{Policy: instance.Name, Subject: subject.ID, Because: because})
	}
	if w.pass.declare {
		if because == "" {
			w.declareResults(instance, subject)
		}
		return
	}
	w.raise(instance, subject, because)
}

func (w *worker) fail(at int, subject *Subject, problem ownership.Problem) {
	w.status[at].Failed++
	w.Failures = append(w.Failures, Failure{Policy: w.pass.set.instances[at].Name, Subject: subject.ID, Problem: problem, Overran: w.overran})
}

func (w *worker) keepReads(instance *instance, subject *Subject) {
	reads := append([]store.Read(nil), w.view.Reads()...)
	slices.SortFunc(reads, store.Read.Compare)
	w.Reads = append(w.Reads, SubjectReads{Policy: instance.Name, Subject: subject.ID, Reads: reads})
}

// unknown says why the run rests on unknown facts, or "": what the programs can
// read of input is known from their text, what they read of data from the run.
func (w *worker) unknown(stage *stage, subject *Subject) string {
	for _, unknown := range subject.Unknown {
		if len(unknown.Path) == 0 || stage.inputs.Touches(unknown.Path) {
			return because("input", unknown)
		}
	}
	if read := w.view.Unknown(); len(read) > 0 {
		return because("data", read[0])
	}
	return ""
}

func because(root string, unknown store.Unknown) string {
	return dotted(root, terms(unknown.Path)) + " is unknown: " + unknown.Because
}

func terms(path []string) []*ast.Term {
	terms := make([]*ast.Term, len(path))
	for i, name := range path {
		terms[i] = ast.StringTerm(name)
	}
	return terms
}

// run runs all programs of an instance. They share what their helpers have
// computed. A panic in OPA costs this run only.
func (w *worker) run(ctx context.Context, at int, input *ast.Term) (problem *ownership.Problem) {
	instance := w.pass.set.instances[at]
	w.view.Reset()
	w.results = w.results[:0]
	w.cache.reset()
	defer func() {
		if caught := recover(); caught != nil {
			problem = &ownership.Problem{Location: ownership.Location{File: instance.File}, Message: fmt.Sprintf("OPA panicked: %v", caught)}
		}
	}()
	for i, query := range w.queries[at] {
		program := &instance.stage(w.pass.declare).programs[i]
		w.seen = nil
		err := query.WithInput(input).Iter(ctx, func(found topdown.QueryResult) error {
			return w.take(program, found[resultVar])
		})
		if err != nil {
			return w.explain(err, at, program)
		}
	}
	return nil
}

// take keeps one result. A result that comes again is the same result.
func (w *worker) take(program *program, term *ast.Term) error {
	if w.seen == nil {
		w.seen = ast.NewSet()
	}
	if w.seen.Contains(term) {
		return nil
	}
	if w.seen.Len() >= w.pass.options.MaxResults {
		return &badResult{message: fmt.Sprintf("%s returned more than %d results", program.rule, w.pass.options.MaxResults),
			remedy: "say it in one result, with the number in the message"}
	}
	w.seen.Add(term)
	result, err := decode(program, term)
	if err != nil {
		return err
	}
	w.results = append(w.results, result)
	return nil
}

// explain makes a problem of what stopped a run.
func (w *worker) explain(err error, at int, program *program) *ownership.Problem {
	instance := w.pass.set.instances[at]
	place := instance.place(program.location)
	var bad *badResult
	if errors.As(err, &bad) {
		return &ownership.Problem{Location: place, Message: bad.message, Remedy: bad.remedy}
	}
	switch w.watch.why() {
	case stoppedDeadline:
		w.overran = true
		w.pass.overruns[at].Add(1)
		return &ownership.Problem{Location: place, Message: fmt.Sprintf("it ran past its deadline of %s", w.pass.options.Deadline),
			Remedy: "make the policy cheaper"}
	case stoppedMemory:
		w.overran = true
		w.pass.overruns[at].Add(1)
		return &ownership.Problem{Location: place, Message: fmt.Sprintf("it took more than %d MB of memory", w.pass.options.MaxMemory>>20),
			Remedy: "make the policy cheaper"}
	}
	var known *topdown.Error
	if errors.As(err, &known) {
		if known.Location != nil && known.Location.Row > 0 {
			place = instance.place(known.Location)
		}
		return &ownership.Problem{Location: place, Message: oneLine(known.Message), Remedy: "test for this case before"}
	}
	return &ownership.Problem{Location: place, Message: err.Error(), Remedy: "correct the rule"}
}
