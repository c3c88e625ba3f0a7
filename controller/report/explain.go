package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/ownership"
)

// How much of each list an explanation shows without --verbose.
const (
	maxRules      = 2
	maxOverridden = 5
	maxHeldAreas  = 10
	maxMembers    = 6
	maxUnknown    = 4
	maxThrough    = 4
	maxAbout      = 6
)

// ExplanationOptions say how an answer is shown.
type ExplanationOptions struct {
	Options
	// Only is the one repository there is, which then goes without saying, or empty.
	Only string
	// Manifests is the folder of the manifests, which goes without saying before the names of files in it, or empty.
	Manifests string
}

// Explanation writes an answer for a terminal, as a tree.
func Explanation(w io.Writer, answer *explain.Answer, options ExplanationOptions) error {
	width := options.Width
	if width == 0 {
		width = 100
	}
	e := &explanation{table{
		printer: printer{width: max(width, 40), color: options.Color}, options: options.Options, only: options.Only,
	}, options.Manifests}
	switch {
	case answer.Area != nil:
		e.area(answer.Area)
	case answer.Path != nil:
		e.path(answer.Path)
	default:
		e.holder(answer.Holder)
	}
	e.next()
	if _, err := w.Write(e.out.Bytes()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// ExplanationDocument is an answer as JSON. Its fields are described in docs/explain.md.
type ExplanationDocument struct {
	// Version is JSONVersion.
	Version string `json:"version"`
	*explain.Answer
}

// ExplanationJSON writes the whole answer as one indented document. Hidden characters are \u escapes.
func ExplanationJSON(w io.Writer, answer *explain.Answer) error {
	return writeJSON(w, ExplanationDocument{JSONVersion, answer})
}

// explanation is one answer in the making.
type explanation struct {
	table
	manifests string
}

// place writes the file and line of a location, as short as it is still clear.
func (e *explanation) place(location ownership.Location) string {
	location.Column = 0
	if location.Repository == "" && e.manifests != "" {
		location.File = strings.TrimPrefix(location.File, strings.TrimSuffix(e.manifests, "/")+"/")
	}
	return e.table.place(location)
}

var stateWords = map[ownership.State]string{
	ownership.Unowned: "unowned", ownership.Partial: "partly owned", ownership.Unknown: "unknown whether owned", ownership.Owned: "owned",
}

var stateStyles = map[ownership.State]style{
	ownership.Unowned: alarm, ownership.Partial: yellow, ownership.Unknown: cyan, ownership.Owned: green,
}

// holderText is a holder with the name that people know.
func holderText(holder ownership.Holder, name string) string {
	text := Clean(string(holder))
	if name != "" {
		text += " (" + Clean(name) + ")"
	}
	return text
}

// by says who declares something, and where:
//
//	by itself       area payments/ledger, payments.yaml:46
//	from above      inherited from area payments/payments, payments.yaml:16
//	for a time      roleassignment payments/acting-lead, payments.yaml:78, from 2025-06-01 until 2031-01-01
//	by a policy     policy team-approves, team-approves.rego:14: the accountable team approves its code
func (e *explanation) by(declared explain.Declared) string {
	text := Clean(declared.By)
	if declared.Layer == ownership.LayerParent {
		text = "inherited from " + text
	}
	if place := e.place(declared.Location); place != "" {
		text += ", " + place
	}
	if declared.Assignment != nil {
		text += e.terms(*declared.Assignment)
	}
	if declared.Reason != "" {
		text += ": " + strings.TrimRight(Clean(declared.Reason), ".")
	}
	return text
}

// terms are from when until when an assignment holds, and who gave and took it.
func (e *explanation) terms(assignment explain.Assignment) string {
	text := ""
	if !assignment.From.IsZero() {
		text += " from " + assignment.From.Format(time.DateOnly)
	}
	if !assignment.Until.IsZero() {
		text += " until " + assignment.Until.Format(time.DateOnly)
	}
	if text != "" {
		text = "," + text
	}
	if assignment.DelegatedBy != "" {
		text += ", delegated by " + Clean(string(assignment.DelegatedBy))
	}
	if assignment.AcknowledgedBy != "" {
		text += fmt.Sprintf(", accepted by %s on %s", Clean(string(assignment.AcknowledgedBy)), assignment.AcknowledgedAt.Format(time.DateOnly))
	}
	return text
}

// seen says where a source shows a holder: the rules, how far they extend, and the source.
func (e *explanation) seen(observed explain.Observed) string {
	var places []string
	for _, rule := range observed.Rules[:e.bound(len(observed.Rules), maxRules)] {
		places = append(places, e.rule(rule))
	}
	text := strings.Join(places, ", ")
	if left := len(observed.Rules) - len(places); left > 0 {
		text += fmt.Sprintf(", +%d more", left)
	}
	if observed.Total > 0 {
		text += fmt.Sprintf(" — %d of %d %s", observed.Files, observed.Total, unitOf(observed))
	}
	text += ", by source " + Clean(observed.Source)
	if !observed.Authoritative {
		text += ", which only informs"
	}
	return text
}

// unitOf is what an extent counts, of one or of several.
func unitOf(observed explain.Observed) string {
	if one := map[string]string{"files": "file", "repositories": "repository", "entities": "entity", "objects": "object"}[observed.Unit]; observed.Total == 1 && one != "" {
		return one
	}
	return observed.Unit
}

func (e *explanation) rule(rule explain.Rule) string {
	text := e.place(rule.Location)
	if rule.Pattern != "" {
		text += " " + Clean(rule.Pattern)
	}
	return text
}

// alive says whether a holder is alive, and how that is to be shown:
//
//	alive       exists, active; a team: 4 of 4 members active; an approver: may write
//	dead        why
//	doubtful    what is unknown
//	unchecked   not checked, since no source lists people
func alive(standing explain.Standing, holder ownership.Holder) (text string, shown style) {
	switch standing.Status {
	case explain.Dead:
		return cmp.Or(strings.TrimPrefix(Clean(standing.Message), Clean(string(holder))+" "), standing.Reason), red
	case explain.Doubtful:
		return "unknown whether alive: " + Clean(standing.Message), cyan
	case explain.Unchecked:
		return "not checked: no source lists " + unlisted(holder), plain
	}
	text = "exists, active"
	if holder.Kind() == ownership.HolderTeam {
		text = fmt.Sprintf("exists, %d of %s active", standing.ActiveMembers, count(standing.Members, "member", "members"))
	}
	switch standing.Access {
	case explain.Yes:
		text += ", may write"
	case explain.NotKnown:
		text += ", unknown whether it may write"
	case explain.NoneAsked:
		text += ", access not checked"
	}
	return text, plain
}

// lives says whether nothing is known, or in doubt, that would keep a holder from holding anything.
func lives(standing explain.Standing) bool {
	return standing.Status != explain.Dead && standing.Status != explain.Doubtful
}

// message is what a finding says, without its subject's name before it.
func message(finding ownership.Finding) string {
	return Clean(strings.TrimPrefix(finding.Message, finding.Subject+": "))
}

func unlisted(holder ownership.Holder) string {
	if holder.Kind() == ownership.HolderSchedule {
		return "schedules"
	}
	return "people"
}

// contradictions are the branches that say what contradicts a holder.
func contradictions(found []ownership.Drift) []branch {
	var branches []branch
	for _, drift := range found {
		branches = append(branches, branch{label: "✗ " + string(drift.Kind), labelStyle: red, text: Clean(drift.Message)})
	}
	return branches
}

// unknown is the branch that says what is not known, all with one reason together.
func (e *explanation) unknown(all []explain.Unknown) []branch {
	if len(all) == 0 {
		return []branch{{label: "unknown", labelStyle: dim, text: "nothing", textStyle: dim}}
	}
	var reasons []string
	whats := map[string][]string{}
	for _, unknown := range all {
		if whats[unknown.Because] == nil {
			reasons = append(reasons, unknown.Because)
		}
		whats[unknown.Because] = append(whats[unknown.Because], unknown.What)
	}
	var branches []branch
	shown := reasons[:e.bound(len(reasons), maxUnknown)]
	for _, because := range shown {
		what := whats[because]
		listed := strings.Join(what[:e.bound(len(what), maxUnknown)], ", ")
		if left := len(what) - e.bound(len(what), maxUnknown); left > 0 {
			listed += fmt.Sprintf(", +%d more", left)
		}
		branches = append(branches, branch{label: "unknown", labelStyle: cyan, text: Clean(listed) + ": " + Clean(because)})
	}
	if left := len(reasons) - len(shown); left > 0 {
		branches = append(branches, e.left("unknown", left))
	}
	return branches
}

// left is the branch that says how many were left out.
func (e *explanation) left(label string, count int) branch {
	return branch{label: label, labelStyle: dim, text: fmt.Sprintf("+%d more; --verbose shows all", count), textStyle: dim}
}

// list joins texts, as many as limit allows.
func (e *explanation) list(names []string, limit int, between string) string {
	shown := names[:e.bound(len(names), limit)]
	text := strings.Join(shown, between)
	if left := len(names) - len(shown); left > 0 {
		text += fmt.Sprintf("%s+%d more", between, left)
	}
	return text
}

// joined are the texts that say something, joined.
func joined(between string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), between)
}
