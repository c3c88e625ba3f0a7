package engine

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/policy/store"
)

// book keeps what policies said of subjects in one of the two stages, declare and judge, from one pass to the next.
//
// A verdict stands until its policy, its subject's input or a path that it read changes:
//
//	subjects ──digest──► same?  ─┐
//	reads ────changed──► none?  ─┼─ yes ─► the verdict stands
//	policy ────digest──► same?  ─┘   no ─► it is asked again
type book struct {
	declare bool
	// instances are those with rules of this stage, by kind of subject; a verdict's place is the instance's.
	instances map[string][]instanceKey
	// pages are by the ID of the subject: no two kinds have one in common.
	pages map[string]*page
	// order is the pages, in no particular order that would matter.
	order []*page
}

type instanceKey struct {
	name   string
	digest policy.Digest
}

type pageKey struct{ kind, id string }

// page is what is known of one subject.
type page struct {
	key      pageKey
	digest   policy.Digest
	verdicts []verdict
	seen     bool // in this pass
}

// verdict is what one policy said of one subject.
type verdict struct {
	// said is nil where it had nothing to say, as mostly.
	said *said
	// reads is the number of the list of paths that it rests on.
	reads uint32
	asked bool
	// stale says that it must be asked again, ran that it just was.
	stale, ran bool
}

// said is what a policy said where it did.
type said struct {
	findings []ownership.Finding
	declared []policy.Declared
	// undetermined says why it could not tell, failure why it failed. keeps says that what was declared is then what it
	// declared when it last could tell.
	undetermined string
	failure      *ownership.Problem
	keeps        bool
	warnings     []ownership.Problem
	// transient says that the policy may do better the next time although nothing has changed.
	transient bool
}

func newBook(declare bool) *book { return &book{declare: declare, pages: map[string]*page{}} }

// open makes the book one of the policies of a set. Verdicts of instances that are in the set unchanged stay.
func (b *book) open(set *policy.Set) {
	instances := map[string][]instanceKey{}
	for _, instance := range set.Policies() {
		if slices.ContainsFunc(instance.Rules, b.has) {
			instances[instance.Subject] = append(instances[instance.Subject], instanceKey{instance.Name, instance.Digest})
		}
	}
	for _, page := range b.order {
		page.verdicts = carryOver(page.verdicts, b.instances[page.key.kind], instances[page.key.kind])
	}
	b.instances = instances
}

// has says whether a rule is one of the book's stage.
func (b *book) has(rule string) bool { return (rule == "declare") == b.declare }

func carryOver(verdicts []verdict, from, to []instanceKey) []verdict {
	if slices.Equal(from, to) {
		return verdicts
	}
	carried := make([]verdict, len(to))
	for i, instance := range to {
		if at := slices.Index(from, instance); at >= 0 {
			carried[i] = verdicts[at]
		}
	}
	return carried
}

// page gives the page of a subject, a new one where there is none, and notes that the subject exists.
func (b *book) page(kind, id string) (found *page, isNew bool) {
	found = b.pages[id]
	if isNew = found == nil; isNew {
		found = &page{key: pageKey{kind, id}, verdicts: make([]verdict, len(b.instances[kind]))}
		b.pages[id] = found
		b.order = append(b.order, found)
	}
	found.seen = true
	return found, isNew
}

// forget drops the pages of subjects that do not exist any more, and says whether there were any.
func (b *book) forget() bool {
	before := len(b.order)
	b.order = slices.DeleteFunc(b.order, func(page *page) bool {
		if page.seen {
			page.seen = false
			return false
		}
		delete(b.pages, page.key.id)
		return true
	})
	return len(b.order) < before
}

// keep notes that all subjects that exist are those of before.
func (b *book) keep() {
	for _, page := range b.order {
		page.seen = true
	}
}

// fit says of each verdict of a page whether its policy is to judge the subject at all.
func (b *book) fit(page *page, applies func(instance string) bool) {
	for i, instance := range b.instances[page.key.kind] {
		switch {
		case !applies(instance.name):
			page.verdicts[i] = verdict{}
		case !page.verdicts[i].asked:
			page.verdicts[i].stale = true
		}
	}
}

// note makes all verdicts of a page stale if the subject's input is another one.
func (p *page) note(digest policy.Digest) {
	if p.digest == digest {
		return
	}
	p.digest = digest
	for i := range p.verdicts {
		p.verdicts[i].stale = p.verdicts[i].stale || p.verdicts[i].asked
	}
}

// touch makes the verdicts stale that rest on a path that has changed, and those that may do better now.
func (b *book) touch(changed []bool) {
	for _, page := range b.order {
		for i := range page.verdicts {
			verdict := &page.verdicts[i]
			if verdict.said != nil && verdict.said.transient {
				verdict.stale = true
			}
			verdict.stale = verdict.stale || int(verdict.reads) < len(changed) && changed[verdict.reads]
		}
	}
}

// stale are the pages with a verdict to be asked for again.
func (b *book) stale() []*page {
	var stale []*page
	for _, page := range b.order {
		if slices.ContainsFunc(page.verdicts, func(v verdict) bool { return v.stale }) {
			stale = append(stale, page)
		}
	}
	return stale
}

// asking is what a book needs to ask policies.
type asking struct {
	set     *policy.Set
	store   *store.Store
	reads   *readTable
	options policy.Options
	// subject makes the document of a subject.
	subject func(pageKey) policy.Subject
}

// ask asks for all stale verdicts. The result says how each policy fared in these; the pages whose verdicts were asked
// for are given, too.
func (b *book) ask(ctx context.Context, asking asking) ([]policy.Status, []*page, error) {
	stale := b.stale()
	if len(stale) == 0 {
		return nil, nil, nil
	}
	subjects := make([]policy.Subject, len(stale))
	for i, page := range stale {
		subjects[i] = policy.Subject{ID: page.key.id, Kind: page.key.kind, Make: func() (any, []store.Unknown) {
			made := asking.subject(page.key)
			return made.Input, made.Unknown
		}}
	}
	kinds := map[string]string{}
	for kind, instances := range b.instances {
		for _, instance := range instances {
			kinds[instance.name] = kind
		}
	}
	find := func(instance, subject string) *verdict {
		kind := kinds[instance]
		page := b.pages[subject]
		if page == nil || page.key.kind != kind {
			return nil
		}
		return &page.verdicts[slices.IndexFunc(b.instances[kind], func(key instanceKey) bool { return key.name == instance })]
	}
	options := asking.options
	var mutex sync.Mutex
	options.Reads = func(instance, subject string, read []store.Read) {
		mutex.Lock()
		defer mutex.Unlock()
		verdict := find(instance, subject)
		verdict.reads, verdict.ran = asking.reads.list(read, asking.store), true
	}
	options.Applies = func(instance string, subject *policy.Subject) bool {
		verdict := find(instance, subject.ID)
		return verdict != nil && verdict.stale
	}
	answers, err := b.run(ctx, asking, subjects, options)
	if err != nil {
		return nil, nil, err
	}
	for _, page := range stale {
		for i := range page.verdicts {
			if v := &page.verdicts[i]; v.stale {
				*v = verdict{asked: true, ran: v.ran, said: b.last(*v), reads: v.reads}
				if !v.ran {
					v.reads = 0
				}
			}
		}
	}
	answers.write(stale, find)
	return answers.Policies, stale, nil
}

// last is what a policy declared when it last could tell, if it ever could.
func (b *book) last(v verdict) *said {
	switch {
	case !b.declare || !v.asked || v.said.unsure("") != "" && !v.said.keeps:
		return nil
	case v.said == nil:
		return &said{keeps: true}
	}
	return &said{keeps: true, declared: v.said.declared}
}

// unsure says why it is unknown what a policy declares; empty means that it is known.
func (s *said) unsure(instance string) string {
	switch {
	case s == nil:
		return ""
	case s.failure != nil:
		return fmt.Sprintf("what policy %s declares is unknown: it failed", instance)
	case s.undetermined != "":
		return fmt.Sprintf("what policy %s declares is unknown: %s", instance, s.undetermined)
	}
	return ""
}

// answers are what policies said in one stage.
type answers struct {
	policy.Outcome
	findings []ownership.Finding
	declared []policy.Declared
}

func (b *book) run(ctx context.Context, asking asking, subjects []policy.Subject, options policy.Options) (answers, error) {
	if b.declare {
		done, err := asking.set.Declare(ctx, asking.store, subjects, options)
		return answers{Outcome: done.Outcome, declared: done.Declared}, err
	}
	done, err := asking.set.Judge(ctx, asking.store, subjects, options)
	return answers{Outcome: done.Outcome, findings: done.Findings}, err
}

// write writes answers into verdicts. Where a policy could not tell, or failed, what it declared last stands.
func (a answers) write(asked []*page, find func(instance, subject string) *verdict) {
	unsure := map[*verdict]bool{}
	open := func(instance, subject string) *said {
		verdict := find(instance, subject)
		if verdict.said == nil {
			verdict.said = &said{}
		}
		return verdict.said
	}
	for _, undetermined := range a.Undetermined {
		open(undetermined.Policy, undetermined.Subject).undetermined = undetermined.Because
		unsure[find(undetermined.Policy, undetermined.Subject)] = true
	}
	for _, failure := range a.Failures {
		said := open(failure.Policy, failure.Subject)
		said.failure, said.transient = &failure.Problem, failure.Overran
		unsure[find(failure.Policy, failure.Subject)] = true
	}
	for _, warning := range a.Warnings {
		said := open(warning.Policy, warning.Subject)
		said.warnings = append(said.warnings, warning.Problem)
	}
	for _, page := range asked {
		for i := range page.verdicts {
			verdict := &page.verdicts[i]
			if verdict.ran && !unsure[verdict] && verdict.said != nil {
				verdict.said.declared, verdict.said.keeps = nil, false
				if verdict.said.empty() {
					verdict.said = nil
				}
			}
			verdict.ran = false
		}
	}
	for _, finding := range a.findings {
		said := open(finding.Policy, finding.Subject)
		said.findings = append(said.findings, finding)
	}
	for _, declared := range a.declared {
		said := open(declared.Policy, string(declared.Area))
		said.declared = append(said.declared, declared)
	}
}

func (s *said) empty() bool {
	return len(s.findings) == 0 && len(s.declared) == 0 && s.undetermined == "" && s.failure == nil && len(s.warnings) == 0
}

// restless says whether a policy may do better now although nothing has changed.
func (b *book) restless() bool {
	for said := range b.all() {
		if said.transient {
			return true
		}
	}
	return false
}

// all ranges over what policies said, and of whom.
func (b *book) all() iter.Seq2[*said, *page] {
	return func(yield func(*said, *page) bool) {
		for _, page := range b.order {
			for i := range page.verdicts {
				if said := page.verdicts[i].said; said != nil && !yield(said, page) {
					return
				}
			}
		}
	}
}
