package standalone

import (
	"encoding/json"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

// remember keeps the plan that was shown, for what may be asked of it later. Where it cannot be kept, less can be told.
func (p *Planner) remember(shown ownership.Plan) {
	if p.settings.Cache == "" {
		return
	}
	text, err := json.Marshal(shown)
	if err != nil {
		return
	}
	root, err := makeCache(p.settings.Cache)
	if err != nil {
		return
	}
	defer func() { _ = root.Close() }() // the file is closed by then
	_ = writeWhole(root, lastFile, text)
}

// Shown is the plan that was shown last; known is false where it is not known, or its hash begins otherwise.
func (p *Planner) Shown(hash string) (shown ownership.Plan, known bool) {
	shown, err := readFrom(p.settings.Cache, lastFile, plan.ReadPlan)
	return shown, err == nil && strings.HasPrefix(shown.Hash, hash)
}
