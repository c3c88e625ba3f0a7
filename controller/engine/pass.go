package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
)

// declared are the assignments that policies declare, by area and role.
type declared map[ownership.AreaID]map[ownership.Role][]ownership.Declaration

// declare lets policies declare, on what manifests and sources say, and merges the layers of all areas.
func (p *pass) declare(ctx context.Context) error {
	s, earlier := p.snapshot, p.barrier
	p.dropAreas() // a declare rule must not see them either
	if !p.in.Policies.declares() {
		p.plain, p.unsure, p.keeping, p.orphaned, p.kept = nil, nil, nil, nil, Kept{}
		p.declaring = newBook(true)
		p.barrier = newBarrier(s, nil, nil, earlier)
		return nil
	}
	p.plain = newBarrier(s, nil, nil, p.plain)
	plain := func(area *snapshot.Area) drift.Area {
		merged := p.plain.merged[area.ID]
		return drift.Area{Area: area, Declared: merged.declared, UnknownDeclared: merged.unknown, DeclaredUnknown: undeclared(area.AreaManifest)}
	}
	subject := func(key pageKey) policy.Subject {
		area := plain(s.Area(ownership.AreaID(key.id)))
		return policy.Subject{ID: key.id, Kind: key.kind, Input: areaInput(area, s, nil), Unknown: unknownInput(area, s)}
	}
	holders, others := map[ownership.Holder]bool{}, s.UnlistedAreas()
	for i, area := range s.Areas {
		bare := plain(area)
		if !p.sameFrame() { // of other areas a declare rule sees what is in the frame only
			p.facts.area(bare, s)
		}
		for holder := range holdersOf(bare) {
			holders[holder] = true
		}
		if others == "" {
			others = unknownHolders(bare)
		}
		before := p.earlier(i)
		suspect := before < 0 || p.before.areas[before].Area != area || p.before.plain == nil ||
			p.before.plain.merged[area.ID] != p.plain.merged[area.ID]
		if err := p.enter(p.declaring, policy.SubjectArea, string(area.ID), suspect, subject); err != nil {
			return err
		}
	}
	p.facts.store.SetUnknown(append(unknownFacts(s, holders, others), unknownObserved(s)...)...)
	asked, err := p.ask(ctx, p.declaring, subject)
	if err != nil {
		return fmt.Errorf("declaring: %w", err)
	}
	declarations := p.declared()
	p.keep(asked)
	p.barrier = newBarrier(s, declarations, p.unsure, earlier)
	return p.facts.err
}

// declared gives what policies declare, and notes of which areas it may not be whole: a policy failed on it, or rests on
// unknown facts. What such a policy declared last stands.
func (p *pass) declared() declared {
	declarations := declared{}
	p.unsure, p.keeping = map[ownership.AreaID]string{}, map[ownership.AreaID]bool{}
	for _, page := range p.declaring.order {
		area := ownership.AreaID(page.key.id)
		for i, instance := range p.declaring.instances[page.key.kind] {
			said := page.verdicts[i].said
			if said == nil {
				continue
			}
			if why := said.unsure(instance.name); why != "" {
				if kept, known := p.in.Kept[KeptKey{instance.name, instance.digest, area}]; known && !said.keeps {
					said.declared, said.keeps = kept, true
				}
				p.doubt(area, why, said.keeps)
			}
			for _, d := range said.declared {
				p.add(declarations, d)
			}
		}
	}
	p.declaredByLost(declarations)
	for _, roles := range declarations {
		for _, each := range roles {
			slices.SortFunc(each, func(a, b ownership.Declaration) int {
				return cmp.Or(strings.Compare(string(a.Holder), string(b.Holder)), strings.Compare(a.By, b.By), strings.Compare(a.Reason, b.Reason))
			})
		}
	}
	return declarations
}

func (p *pass) add(declarations declared, d policy.Declared) {
	if declarations[d.Area] == nil {
		declarations[d.Area] = map[ownership.Role][]ownership.Declaration{}
	}
	declarations[d.Area][d.Role] = append(declarations[d.Area][d.Role], ownership.Declaration{
		Holder: d.Holder, Layer: ownership.LayerPolicy, By: "policy " + d.Policy, Reason: d.Reason, Location: d.Location,
		Mode: cmp.Or(p.in.Policies.settings[d.Policy].mode, ownership.Observe),
	})
}

// compare compares what is declared of each area with what is observed.
func (p *pass) compare() {
	s := p.snapshot
	suspects, all := p.suspects()
	if p.sameAreas() && len(suspects) == 0 && !all {
		p.areas, p.result = p.before.areas, &ownership.Result{Areas: p.before.result.Areas}
		return
	}
	areas, results := make([]drift.Area, len(s.Areas)), make([]ownership.AreaResult, len(s.Areas))
	p.changed = make([]bool, len(s.Areas))
	var common requirementLists
	for i, area := range s.Areas {
		merged := p.barrier.merged[area.ID]
		now := drift.Area{Area: area, Declared: merged.declared, Refused: merged.refused, UnknownDeclared: merged.unknown}
		now.DeclaredUnknown, now.DeclaredKept = p.unsureOf(area.AreaManifest)
		if at := p.earlier(i); at >= 0 && !all && !suspects[area.ID] && p.sameArea(now, merged, at) {
			areas[i], results[i] = p.before.areas[at], p.before.result.Areas[at]
			continue
		}
		areas[i], p.changed[i] = now, true
		results[i] = areaResult(now, drift.Compare(now, s), s)
		results[i].Requirements = common.shared(results[i].Requirements)
	}
	p.areas = areas
	p.result = &ownership.Result{Areas: results}
}

// suspects are the areas with a holder of whose standing people may say something else than before.
func (p *pass) suspects() (suspects map[ownership.AreaID]bool, all bool) {
	holders, all := p.snapshot.AffectedStandings()
	if p.before == nil || all {
		return nil, true
	}
	suspects = map[ownership.AreaID]bool{}
	for holder := range holders {
		for _, at := range p.before.held[holder] {
			suspects[p.before.areas[at].ID] = true
		}
	}
	for id, merged := range p.barrier.refusing {
		for _, refused := range merged.refused.All() {
			if slices.ContainsFunc(refused, func(d ownership.Declaration) bool { return holders[d.Holder] }) {
				suspects[id] = true
			}
		}
	}
	return suspects, false
}

// sameAreas says whether all areas declare and show what they did before.
func (p *pass) sameAreas() bool {
	return p.before != nil && p.snapshot.SameFrame(p.before.snapshot) && slices.Equal(p.snapshot.Areas, p.before.snapshot.Areas) &&
		sameMap(p.barrier.merged, p.before.barrier.merged) && maps.Equal(p.unsure, p.before.unsure) && maps.Equal(p.keeping, p.before.keeping)
}

// earlier is the place that an area had in the pass before; -1 where it was not there.
func (p *pass) earlier(i int) int {
	switch {
	case p.before == nil:
		return -1
	case p.snapshot.SameFrame(p.before.snapshot):
		return i
	}
	at, found := slices.BinarySearchFunc(p.before.areas, p.snapshot.Areas[i].ID, compareArea)
	if !found {
		return -1
	}
	return at
}

// sameArea says whether an area declares and shows what it did before.
func (p *pass) sameArea(now drift.Area, merged *merged, at int) bool {
	before := p.before.areas[at]
	return before.Area == now.Area && p.before.barrier.merged[now.ID] == merged &&
		before.DeclaredUnknown == now.DeclaredUnknown && before.DeclaredKept == now.DeclaredKept
}

// undeclared says why it is not known what manifests declare of an area: its own, or one on the way up, has errors.
func undeclared(area *snapshot.AreaManifest) string {
	for ; area != nil; area = area.Parent {
		if area.Undeclared != "" {
			return area.Undeclared
		}
	}
	return ""
}

// unsureOf says why an area's declarations may not be whole: its own, or those of an area it inherits from. Either a
// policy could not declare, or a manifest on the way up could not be read. kept says that what stands is what was
// declared last, by all of them: else one more policy that cannot tell would make certain what was not.
func (p *pass) unsureOf(area *snapshot.AreaManifest) (because string, kept bool) {
	for ; area != nil; area = area.Parent {
		if why := cmp.Or(area.Undeclared, p.unsure[area.ID]); why != "" {
			kept = area.Undeclared == "" && p.keeping[area.ID] && (because == "" || kept)
			because = cmp.Or(because, why)
		}
	}
	return because, kept
}

// judge lets policies judge every subject.
func (p *pass) judge(ctx context.Context) error {
	s := p.snapshot
	moved := p.hold()
	for i, changed := range p.changed {
		if changed {
			p.facts.area(p.areas[i], s)
		}
	}
	if p.before == nil || !sameMap(p.barrier.merged, p.before.barrier.merged) {
		p.facts.loads(s, p.barrier)
	}
	anew := p.before == nil
	if p.before == nil || p.changed != nil {
		p.unknownAreas = unknownAreas(s, p.areas, p.held)
		unknownHolds := unknownHolds(p.areas, s)
		anew = anew || unknownHolds != p.unknownHolds
		p.unknownHolds = unknownHolds
	}
	p.facts.store.SetUnknown(append(unknownFacts(s, p.held, p.unknownHolds), p.unknownAreas...)...)
	if err := p.facts.err; err != nil {
		return err
	}
	if err := p.enterAll(anew, moved); err != nil {
		return err
	}
	pages, err := p.ask(ctx, p.judging, p.subject)
	if err != nil {
		return fmt.Errorf("judging: %w", err)
	}
	p.reads.settle(p.facts.store)
	p.find(pages)
	return nil
}

// enterAll enters the subjects whose input may be another one; or all of them, where some may be new or gone. anew says
// that the input of all holders may be.
func (p *pass) enterAll(anew bool, moved map[ownership.Holder]bool) error {
	every := anew || !p.sameFrame() || !p.snapshot.SameHolders(p.before.snapshot) || len(moved) > 0
	for i, area := range p.areas {
		changed := p.before == nil || p.changed != nil && p.changed[i]
		if !every && !changed {
			continue
		}
		if err := p.enter(p.judging, policy.SubjectArea, string(area.ID), changed, p.subject); err != nil {
			return err
		}
	}
	if !every {
		for holder := range p.people {
			if err := p.enter(p.judging, kindOf(holder), string(holder), true, p.subject); err != nil {
				return err
			}
		}
		p.judging.keep()
		return nil
	}
	for _, holder := range p.subjects() {
		if err := p.enter(p.judging, kindOf(holder), string(holder), anew || p.people[holder] || moved[holder], p.subject); err != nil {
			return err
		}
	}
	return p.enter(p.judging, policy.SubjectOrganisation, organisation, true, p.subject)
}

// hold notes what each holder holds, and gives the holders for whom that has changed.
func (p *pass) hold() map[ownership.Holder]bool {
	if p.before == nil || !p.snapshot.SameFrame(p.before.snapshot) {
		before := p.held
		p.held = heldBy(p.areas, nil)
		return movedAll(before, p.held)
	}
	moved := map[ownership.Holder]bool{}
	for i, changed := range p.changed {
		now, before := p.areas[i], p.before.areas[i]
		if !changed || sameForce(now, before) && reflect.DeepEqual(now.Observed, before.Observed) {
			continue
		}
		for _, area := range []drift.Area{now, before} {
			for holder := range holdersOf(area) {
				moved[holder] = true
			}
		}
	}
	if len(moved) == 0 {
		return nil
	}
	p.held = maps.Clone(p.held) // the outcome of the pass before still has the old one
	maps.DeleteFunc(p.held, func(holder ownership.Holder, _ []int32) bool { return moved[holder] })
	maps.Copy(p.held, heldBy(p.areas, moved))
	return moved
}

// sameForce says whether the same declarations are in force in both.
func sameForce(now, before drift.Area) bool {
	return now.DeclaredUnknown == before.DeclaredUnknown && now.DeclaredKept == before.DeclaredKept &&
		maps.Equal(now.UnknownDeclared, before.UnknownDeclared) && reflect.DeepEqual(now.Declared, before.Declared)
}

func movedAll(maps ...map[ownership.Holder][]int32) map[ownership.Holder]bool {
	moved := map[ownership.Holder]bool{}
	for _, held := range maps {
		for holder := range held {
			moved[holder] = true
		}
	}
	return moved
}

// dropAreas takes areas that are no more out of what policies read.
func (p *pass) dropAreas() {
	if p.before == nil || p.snapshot.SameFrame(p.before.snapshot) {
		return
	}
	judged := make(map[ownership.AreaID]bool, len(p.snapshot.Areas))
	for _, area := range p.snapshot.Areas {
		judged[area.ID] = true
	}
	for _, area := range p.before.areas {
		if !judged[area.ID] {
			p.facts.drop(documentAreas, string(area.ID))
		}
	}
}

// enter notes that a subject exists, and whether its input is another one than before. suspect says that it may be.
func (p *pass) enter(book *book, kind, id string, suspect bool, subject func(pageKey) policy.Subject) error {
	page, isNew := book.page(kind, id)
	if isNew || !p.sameFrame() {
		book.fit(page, func(instance string) bool {
			return kind != policy.SubjectArea || p.in.Policies.applies(instance, p.snapshot.Area(ownership.AreaID(id)))
		})
	}
	if len(page.verdicts) == 0 || !isNew && !suspect && p.samePolicies() {
		return nil
	}
	document := subject(page.key)
	digest, err := p.in.Policies.set.Digest(&document)
	if err != nil {
		return err
	}
	page.note(digest)
	return nil
}

// ask asks policies for every verdict that does not stand any more, and gives the pages of those asked.
func (p *pass) ask(ctx context.Context, book *book, subject func(pageKey) policy.Subject) ([]*page, error) {
	book.touch(p.reads.changed(p.facts.store))
	if book.forget() {
		p.gone = true
	}
	statuses, pages, err := book.ask(ctx, asking{
		set: p.in.Policies.set, store: p.facts.store, reads: p.reads, subject: subject,
		options: policy.Options{Workers: p.in.Workers, Deadline: p.in.Deadline},
	})
	if err != nil {
		return nil, err
	}
	for _, status := range statuses {
		p.asked += status.Subjects
		p.took[status.Name] += status.Duration
	}
	p.reads.compact(p.declaring, p.judging)
	return pages, nil
}

func compareArea(area drift.Area, id ownership.AreaID) int {
	return strings.Compare(string(area.ID), string(id))
}
