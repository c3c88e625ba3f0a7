package metrics

import (
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/remit-dev/remit/controller/ownership"
)

// Result is what became of a change that was begun.
type Result string

// The results.
const (
	// Made: the target is as planned.
	Made Result = "made"
	// Refused: the target was not as planned for, or did not take the change.
	Refused Result = "refused"
)

// changesMade and changesHeld are the families about changes. They are no part of a pass's result, since a counter goes on from one pass to
// the next, and what a pass leads to is done after its page is rendered: they are gathered at each scrape, as the runtime's are.
func changesMade() *family {
	return newFamily("remit_changes_total",
		"Changes that this process made, or tried to and was refused, by kind of target, operation and result (made, refused).", "target", "op", "result")
}

func changesHeld() *family {
	return newFamily("remit_changes_held", "Changes that the last plan holds back, by the brake that holds them.", "brake")
}

// changes counts what is changed, and what is held back.
type changes struct {
	made *prometheus.CounterVec
	held *prometheus.GaugeVec

	mutex sync.Mutex
	// expected are the changes that are counted by name, as target and operation; all others are Other.
	expected map[[2]string]bool
}

func newChanges(registry *prometheus.Registry) (*changes, error) {
	made, held := changesMade(), changesHeld()
	c := &changes{
		made: prometheus.NewCounterVec(prometheus.CounterOpts{Name: made.name, Help: made.help}, made.labels),
		held: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: held.name, Help: held.help}, held.labels), expected: map[[2]string]bool{},
	}
	for _, collector := range []prometheus.Collector{c.made, c.held} {
		if err := registry.Register(collector); err != nil {
			return nil, fmt.Errorf("register the metrics of changes: %w", err)
		}
	}
	return c, nil
}

// ExpectChanges says which changes a target may be asked for: their counts begin at 0, so that the first one is an increase.
func (p *Page) ExpectChanges(target string, operations ...ownership.Operation) {
	p.changes.mutex.Lock()
	defer p.changes.mutex.Unlock()
	for _, operation := range operations {
		p.changes.expected[[2]string{target, string(operation)}] = true
		for _, result := range []Result{Made, Refused} {
			p.changes.made.WithLabelValues(target, string(operation), string(result))
		}
	}
}

// CountChange counts one change with what became of it. Counts only grow, for as long as the process runs. One that is not expected is counted
// as Other: what somebody writes into an object makes no series.
func (p *Page) CountChange(target string, operation ownership.Operation, result Result) {
	p.changes.mutex.Lock()
	defer p.changes.mutex.Unlock()
	labels := [2]string{target, string(operation)}
	if !p.changes.expected[labels] {
		labels = [2]string{Other, Other}
	}
	p.changes.made.WithLabelValues(labels[0], labels[1], string(result)).Inc()
}

// SetHeld says what the last plan holds back. Each brake has a series, so that an alert on one never goes absent.
func (p *Page) SetHeld(held []ownership.HeldChange) {
	by := map[ownership.Brake]float64{}
	for i := range held {
		by[held[i].Brake]++
	}
	for _, brake := range ownership.Brakes() {
		p.changes.held.WithLabelValues(string(brake)).Set(by[brake])
	}
}
