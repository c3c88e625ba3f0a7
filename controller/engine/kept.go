package engine

import (
	"iter"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
)

// KeptKey names one policy, as it was compiled, on one area.
type KeptKey struct {
	Policy string
	Digest policy.Digest
	Area   ownership.AreaID
}

// Kept is what policies declared of areas when they last could tell.
type Kept map[KeptKey][]policy.Declared

// Kept gives what is to be given to the next pass as Input.Kept, where that is made by another Engine. It is shared: do not
// change it.
func (o *Outcome) Kept() Kept { return o.memory.kept }

// keep notes what policies declare, or declared when they last could tell. The books change in a pass that is given up; this
// is what the Engine has then.
//
//	nothing was asked, and areas and policies are as before    what was kept before
//	else                                                       what the book has, and what is kept of lost policies
func (p *pass) keep(asked []*page) {
	if p.sameFrame() && len(asked) == 0 {
		return
	}
	p.kept = Kept{}
	for key, declared := range p.declaring.kept() {
		p.kept[key] = declared
	}
	for name, orphan := range p.orphaned {
		for area, declared := range orphan.declared {
			p.kept[KeptKey{name, orphan.digest, area}] = declared
		}
	}
}

// kept ranges over what policies declared when they last could tell.
func (b *book) kept() iter.Seq2[KeptKey, []policy.Declared] {
	return func(yield func(KeptKey, []policy.Declared) bool) {
		for _, page := range b.order {
			for i, instance := range b.instances[page.key.kind] {
				last := b.last(page.verdicts[i])
				if last != nil && !yield(KeptKey{instance.name, instance.digest, ownership.AreaID(page.key.id)}, last.declared) {
					return
				}
			}
		}
	}
}
