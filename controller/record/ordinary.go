package record

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/policies"
)

// common are words that name nobody where a path, an area or a label has them, even if somebody has taken one as a
// login: the usual folders and endings, and words of the field. They are replaced where only a login can stand.
const common = `
	admin all android any api app apps archive area areas assets auth author backend base bench bin bot bots build
	bundle cache cart catalog charts ci cli client cloud cmd code codeowners common company component components
	config configs contrib controller core crds css data database db default deploy deployment dev devel devops dist
	doc docker docs domain engine error errors event events example examples ext file files fixtures foo frontend func
	generic git github gitlab global golang group handler helm help home host html http https ids image images img
	incident include index infra input integration internal invalid ios items java javascript job jobs js json key
	kotlin label labels lang lib library libs license linux local log logs mac main maintainer maintainers make
	makefile manifest manifests master member members metrics mobile mod model models module modules name network
	node none null ops org organisation organization other output owner owners package packages page pages parser path
	payments people person persons pkg platform plugin plugins policies policy prod production project projects proto
	provider public python query readme redacted release releases remit repo repositories repository request resource
	resources response reviewer reviewers role root ruby run runner rust schema schemas scope scripts sdk search
	secrets security server service services session setup shared shop site source sources spec specs sql src stage
	staging standard state static status storage store string style system table target team teams templates temp test
	testdata testing tests text tier tmp token tool tools true type types typescript ubuntu unknown user users util
	utils value values vendor version view views web website windows with worker workflows www xml yaml yml`

// ordinaryWords are those, and every word of the library's policies and of Rego's functions.
func ordinaryWords() map[string]bool {
	ordinary := map[string]bool{}
	add := func(text string) {
		for _, word := range wordsOf(text) {
			ordinary[word] = true
		}
	}
	add(common)
	for name := range ast.BuiltinMap {
		add(name)
	}
	for _, name := range policies.Names() {
		if _, text, err := policies.Text(name); err == nil {
			for line := range strings.Lines(string(text)) {
				if !strings.HasPrefix(line, "#") {
					add(line)
				}
			}
		}
	}
	return ordinary
}

// isLibrary says that a policy's text is the library's own, which everybody can read.
func isLibrary(text string) bool {
	for _, name := range policies.Names() {
		if _, own, err := policies.Text(name); err == nil && string(own) == text {
			return true
		}
	}
	return false
}
