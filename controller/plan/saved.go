package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// maxPlanBytes is the size of a saved plan that is read: 10,000 changes of usual lines are about 10 MB.
const maxPlanBytes = 64 << 20

// ErrSavedPlan says that what was read is no plan as Remit saved it.
var ErrSavedPlan = errors.New("not a saved plan")

// ReadPlan reads a plan as JSON, to be compared with the plan of now; it is never made from its text. Fields beside those
// of ownership.Plan are ignored. ErrSavedPlan: it is no JSON, longer than 64 MiB, or its hash is not that of its changes
// and preconditions, because it was edited or a Remit saved it that hashes otherwise.
func ReadPlan(r io.Reader) (ownership.Plan, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPlanBytes+1))
	if err != nil {
		return ownership.Plan{}, fmt.Errorf("reading the plan: %w", err)
	}
	if len(text) > maxPlanBytes {
		return ownership.Plan{}, fmt.Errorf("%w: it has more than %d bytes", ErrSavedPlan, maxPlanBytes)
	}
	var saved ownership.Plan
	if err := json.Unmarshal(text, &saved); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return ownership.Plan{}, fmt.Errorf("%w: it is no JSON from byte %d on", ErrSavedPlan, syntax.Offset)
		}
		return ownership.Plan{}, fmt.Errorf("%w: %w", ErrSavedPlan, err)
	}
	if saved.Hash == "" {
		return ownership.Plan{}, fmt.Errorf("%w: it has no hash", ErrSavedPlan)
	}
	if hash := Hash(saved.Changes, saved.Preconditions); hash != saved.Hash {
		return ownership.Plan{}, fmt.Errorf("%w: its hash is %s, but its changes give %s; it was edited, or made by another version of Remit",
			ErrSavedPlan, short(saved.Hash), short(hash))
	}
	return saved, nil
}

// Moved says in sentences what moved between a plan that was shown and the plan of now; none where their hashes are
// equal. Files come first, since they are the cause most often:
//
//	file         read otherwise now, there is none any more, there is one now
//	change       in both, but of another line, text or mode
//	only in old  is held now, or not needed any more
//	only in new  was held then, or is new
func Moved(old, now ownership.Plan) []string {
	if old.Hash == now.Hash {
		return nil
	}
	moved := MovedFiles(old.Preconditions, now)
	before, after := byEffect(old.Changes), byEffect(now.Changes)
	heldBefore, heldNow := heldByEffect(old.Held), heldByEffect(now.Held)
	for _, change := range old.Changes {
		key := effectOf(change)
		current, still := after[key]
		switch held, isHeld := heldNow[key]; {
		case still:
			moved = append(moved, movedChange(change, current)...)
		case isHeld:
			moved = append(moved, fmt.Sprintf("%s is held now (%s): %s", sentence(change), held.Brake, held.Because))
		default:
			moved = append(moved, sentence(change)+" is not needed any more")
		}
	}
	for _, change := range now.Changes {
		key := effectOf(change)
		if _, there := before[key]; there {
			continue
		}
		if held, wasHeld := heldBefore[key]; wasHeld {
			moved = append(moved, fmt.Sprintf("%s was held (%s) and is not any more", sentence(change), held.Brake))
			continue
		}
		moved = append(moved, sentence(change)+" is new")
	}
	if len(moved) == 0 {
		moved = append(moved, "the changes are the same, in another order or number")
	}
	return moved
}

// MovedFiles says in sentences which files moved, where no more is left of a plan that was shown than its
// preconditions.
func MovedFiles(old []ownership.Precondition, now ownership.Plan) []string {
	type file struct{ target, repository, path, namespace string }
	digests := map[file]string{}
	for _, p := range now.Preconditions {
		digests[file{p.Target, p.Repository, p.File, p.Namespace}] = p.Digest
	}
	var moved []string
	for _, p := range old {
		name := p.Repository + " " + p.File
		if p.Namespace != "" {
			name = ownership.NamespaceObject(p.Namespace)
		}
		switch digest, still := digests[file{p.Target, p.Repository, p.File, p.Namespace}]; {
		case !still || digest == p.Digest:
		case p.Digest == "":
			moved = append(moved, name+" was created since")
		case digest == "":
			moved = append(moved, name+" was removed since")
		default:
			moved = append(moved, name+" was edited since")
		}
	}
	return moved
}

// effectOf is what a change comes to, wherever it stands in the file and however far it may go.
func effectOf(c ownership.Change) string {
	parts := []string{c.Target, string(c.Operation), c.Repository, c.File, c.Namespace, c.Key, c.Pattern, strings.Join(c.Owners, " "), string(c.Role)}
	for _, area := range areasOf(c) {
		parts = append(parts, string(area))
	}
	parts = append(parts, "")
	for _, holder := range c.Holders {
		parts = append(parts, string(holder))
	}
	return strings.Join(parts, "\x00")
}

// byEffect finds changes by effect; of several with one effect, the first.
func byEffect(changes []ownership.Change) map[string]ownership.Change {
	found := make(map[string]ownership.Change, len(changes))
	for _, change := range slices.Backward(changes) {
		found[effectOf(change)] = change
	}
	return found
}

func heldByEffect(held []ownership.HeldChange) map[string]ownership.HeldChange {
	found := make(map[string]ownership.HeldChange, len(held))
	for _, h := range slices.Backward(held) {
		found[effectOf(h.Change)] = h
	}
	return found
}

// movedChange says how one change differs from what it was.
func movedChange(old, now ownership.Change) []string {
	var moved []string
	if old.Line != now.Line && old.Namespace == "" {
		moved = append(moved, fmt.Sprintf("%s is at %s now", sentence(old), lineOf(now)))
	}
	if old.Before != now.Before || old.After != now.After {
		moved = append(moved, fmt.Sprintf("%s would write %q now, and not %q", sentence(old), now.After, old.After))
	}
	if old.Mode != now.Mode {
		moved = append(moved, fmt.Sprintf("%s has the mode %s now, and not %s", sentence(old), now.Mode, old.Mode))
	}
	return moved
}

// sentence names a change: "adding @acme/web to acme/shop .github/CODEOWNERS:3".
func sentence(c ownership.Change) string {
	owners := strings.Join(c.Owners, " ")
	switch c.Operation {
	case ownership.AddOwner:
		return fmt.Sprintf("adding %s to %s", owners, where(c))
	case ownership.RemoveOwner:
		return fmt.Sprintf("removing %s from %s", owners, where(c))
	case ownership.AddRule:
		return fmt.Sprintf("adding the rule %q to %s %s", strings.TrimSpace(c.Pattern+" "+owners), c.Repository, c.File)
	case ownership.SetLabel:
		return fmt.Sprintf("setting %s to %q", where(c), c.After)
	case ownership.RemoveLabel:
		return "removing the " + where(c)
	}
	return fmt.Sprintf("%s of %s on %s", c.Operation, owners, where(c))
}

func lineOf(c ownership.Change) string {
	switch {
	case c.Line > 0:
		return fmt.Sprintf("line %d", c.Line)
	case c.Line < 0:
		return "the top"
	}
	return "the end"
}

func short(hash string) string { return hash[:min(12, len(hash))] }
