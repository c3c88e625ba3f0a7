package policy

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// Options say how to evaluate. The zero value is the default.
type Options struct {
	// Workers is how many goroutines evaluate; 0 means one for each core.
	Workers int
	// Deadline bounds one policy on one subject; 0 means DefaultDeadline.
	Deadline time.Duration
	// MaxResults bounds the results of one rule on one subject; 0 means DefaultMaxResults.
	MaxResults int
	// MaxMemory is by how many bytes the heap may grow while a policy has been
	// running for long, before it is stopped; 0 means DefaultMaxMemory.
	MaxMemory uint64
	// Applies says whether an instance judges a subject; nil means that each judges all of its kind.
	Applies func(policy string, subject *Subject) bool
	// KeepReads keeps which paths each policy read for each subject.
	KeepReads bool
	// Reads is given the paths that a policy read for a subject, in no order, from any goroutine; the list is good
	// during the call only. nil means that nobody asks.
	Reads func(policy, subject string, reads []store.Read)
}

// The defaults of Options.
const (
	DefaultDeadline   = time.Second
	DefaultMaxResults = 1000
	DefaultMaxMemory  = 256 << 20
)

// Judgement is what deny and warn say of the subjects. Everything is sorted, so
// that equal snapshots give equal judgements.
type Judgement struct {
	// Findings are raised or undetermined; exemptions are the engine's.
	Findings []ownership.Finding
	Outcome
}

// Declarations are what the declare rules say of areas.
type Declarations struct {
	Declared []Declared
	Outcome
}

// Declared is one assignment that a policy declares.
type Declared struct {
	Area   ownership.AreaID
	Role   ownership.Role
	Holder ownership.Holder
	Reason string
	Policy string
	// Location is the rule that says so.
	Location ownership.Location
}

// Compare orders declarations by area, role, holder, policy and reason.
func (d Declared) Compare(other Declared) int {
	return cmp.Or(
		strings.Compare(string(d.Area), string(other.Area)), strings.Compare(string(d.Role), string(other.Role)),
		strings.Compare(string(d.Holder), string(other.Holder)), strings.Compare(d.Policy, other.Policy),
		strings.Compare(d.Reason, other.Reason),
	)
}

// Outcome is how evaluating went, policy by policy.
type Outcome struct {
	// Policies are sorted by name.
	Policies []Status
	// Undetermined are the policies and subjects that rest on unknown facts: their
	// findings are undetermined, and their declarations are left out.
	Undetermined []Undetermined
	// Failures are the policies and subjects that failed: nothing is said of them.
	Failures []Failure
	// Warnings are results that are used with a reservation.
	Warnings []Warning
	// Reads are kept where asked for.
	Reads []SubjectReads
}

// Status is how one policy fared.
type Status struct {
	ownership.PolicyStatus
	// Undetermined counts the subjects that could not be judged for unknown facts,
	// whether there were findings or not.
	Undetermined int
}

// Undetermined is one policy that could not be judged for a subject.
type Undetermined struct {
	Policy  string
	Subject string
	Because string
}

// Failure is one policy that failed for a subject.
type Failure struct {
	Policy  string
	Subject string
	// Problem says where in the policy, and why.
	Problem ownership.Problem
	// Overran says that it ran out of time or memory, so that another run may do better.
	Overran bool
}

// Warning is a reservation about what one policy gave for a subject.
type Warning struct {
	Policy  string
	Subject string
	Problem ownership.Problem
}

// SubjectReads are the paths below data that a policy read for a subject,
// present or absent, sorted. What it can read of input is the same for all
// subjects.
type SubjectReads struct {
	Policy  string
	Subject string
	Reads   []store.Read
}

// Judge runs deny and warn of every instance on every subject of its kind. It
// gives an error only if the context ends, or a subject's input is not of its
// kind's type. A panic outside OPA is passed on to the caller's goroutine.
//
// Each instance runs by itself on each subject. Running all of them in one query
// would save a microsecond each, but hide which one read what, and let one fail
// the others; the benchmark in bench/cmd/policies keeps an eye on the price.
func (s *Set) Judge(ctx context.Context, from *store.Store, subjects []Subject, options Options) (Judgement, error) {
	done, err := s.evaluate(ctx, from, subjects, options, false)
	slices.SortFunc(done.findings, ownership.Finding.Compare)
	return Judgement{Findings: done.findings, Outcome: done.Outcome}, err
}

// Declare runs the declare rules on the areas among the subjects.
func (s *Set) Declare(ctx context.Context, from *store.Store, subjects []Subject, options Options) (Declarations, error) {
	done, err := s.evaluate(ctx, from, subjects, options, true)
	slices.SortFunc(done.declared, Declared.Compare)
	return Declarations{Declared: done.declared, Outcome: done.Outcome}, err
}

// evaluated is what one worker, or all of them together, found.
type evaluated struct {
	Outcome
	findings []ownership.Finding
	declared []Declared
	status   []Status // by the instance's position
	err      error
}

// chunk is how many subjects a worker takes at a time.
const chunk = 32

func (s *Set) evaluate(ctx context.Context, from *store.Store, subjects []Subject, options Options, declare bool) (evaluated, error) {
	options = options.withDefaults(len(subjects))
	pass := pass{set: s, from: from, subjects: subjects, options: options, declare: declare, overruns: make([]atomic.Int32, len(s.instances))}
	workers := make([]*worker, options.Workers)
	guard := newGuard(options)
	var next atomic.Int64
	var group sync.WaitGroup
	for i := range workers {
		worker := newWorker(&pass, guard.watch())
		workers[i] = worker
		group.Go(func() {
			defer worker.catch()
			for ctx.Err() == nil && worker.err == nil {
				end := int(next.Add(chunk))
				if end-chunk >= len(subjects) {
					return
				}
				worker.judge(ctx, subjects[end-chunk:min(end, len(subjects))])
			}
		})
	}
	stop := guard.start(ctx)
	group.Wait()
	stop()
	for _, worker := range workers {
		if worker.panicked != "" {
			panic(worker.panicked)
		}
	}
	done := s.merge(workers, declare)
	return done, cmp.Or(ctx.Err(), done.err)
}

func (o Options) withDefaults(subjects int) Options {
	o.Workers = min(cmp.Or(max(o.Workers, 0), runtime.GOMAXPROCS(0)), max(1, (subjects+chunk-1)/chunk))
	o.Deadline = cmp.Or(max(o.Deadline, 0), DefaultDeadline)
	o.MaxResults = cmp.Or(max(o.MaxResults, 0), DefaultMaxResults)
	o.MaxMemory = cmp.Or(o.MaxMemory, DefaultMaxMemory)
	return o
}

// merge puts the workers' parts together and sorts them: which worker took which
// subject must not be seen.
func (s *Set) merge(workers []*worker, declare bool) evaluated {
	done := evaluated{status: s.statuses()}
	for _, worker := range workers {
		part := worker.evaluated
		done.findings = append(done.findings, part.findings...)
		done.declared = append(done.declared, part.declared...)
		done.Undetermined = append(done.Undetermined, part.Undetermined...)
		done.Failures = append(done.Failures, part.Failures...)
		done.Warnings = append(done.Warnings, part.Warnings...)
		done.Reads = append(done.Reads, part.Reads...)
		done.err = cmp.Or(done.err, part.err)
		for i, status := range part.status {
			done.status[i].Subjects += status.Subjects
			done.status[i].Failed += status.Failed
			done.status[i].Undetermined += status.Undetermined
			done.status[i].Duration += status.Duration
		}
	}
	slices.SortFunc(done.Undetermined, func(a, b Undetermined) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Subject, b.Subject))
	})
	slices.SortFunc(done.Failures, func(a, b Failure) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Subject, b.Subject))
	})
	slices.SortFunc(done.Warnings, func(a, b Warning) int {
		return cmp.Or(a.Problem.Location.Compare(b.Problem.Location), strings.Compare(a.Problem.Message, b.Problem.Message))
	})
	slices.SortFunc(done.Reads, func(a, b SubjectReads) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Subject, b.Subject))
	})
	for i, instance := range s.instances {
		first := slices.IndexFunc(done.Failures, func(f Failure) bool { return f.Policy == instance.Name })
		if first >= 0 {
			done.status[i].Error = done.Failures[first].Problem.Error()
		}
		if len(instance.stage(declare).programs) > 0 {
			done.Policies = append(done.Policies, done.status[i])
		}
	}
	return done
}

func (s *Set) statuses() []Status {
	statuses := make([]Status, len(s.instances))
	for i, instance := range s.instances {
		statuses[i].PolicyStatus = ownership.PolicyStatus{Name: instance.Name, Title: instance.Title, Subject: instance.Subject}
	}
	return statuses
}

func (i *instance) stage(declare bool) *stage {
	if declare {
		return &i.declare
	}
	return &i.judge
}

// EncodeAll encodes the inputs of the subjects as Judge does, and drops them. It
// is there to be measured.
func EncodeAll(set *Set, subjects []Subject) error {
	encoder := encode.NewEncoder()
	for i := range subjects {
		plan := set.plans[subjects[i].Kind]
		if plan == nil {
			continue
		}
		if _, err := encoder.Value(plan, subjects[i].Input); err != nil {
			return err
		}
	}
	return nil
}
