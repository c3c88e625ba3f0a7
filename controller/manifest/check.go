package manifest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// checker takes one document apart and checks the objects in it.
type checker struct {
	schemas   schemas
	file      string
	root, dir string
	text      []byte // the document's
	alone     bool   // it is the only one of its text

	checked
}

// checked is what comes of a document: it is kept, since most are the same the next time.
type checked struct {
	entries  []entry
	problems []ownership.Problem
	err      error // the program is broken, not the manifest
}

// entry is one object of ours; add is nil where the object has errors.
type entry struct {
	kind, namespace, name string
	location              ownership.Location
	add                   func(*Set)
	// salvaged is what can be read of an Area with errors.
	salvaged *Object[v1alpha1.Area]
	// lost is what can be told of an object with errors, guessed of a document that cannot be read.
	lost    Lost
	guessed *guessed
	// references are what an object with errors names, as far as that can be read.
	references []reference
}

func (c *checker) document(chunk chunk) {
	c.text = chunk.text
	nodes, problem := chunk.parse(c.file)
	c.alone = len(nodes) <= 1
	if problem != nil {
		c.problems = append(c.problems, *problem)
		if !problem.Warning {
			c.guess(problem.Location, len(nodes) == 0)
		}
	}
	for _, node := range nodes {
		c.classify(node, false)
	}
}

// guess notes which objects the text was to have that cannot be read. An Area stays, by its name.
func (c *checker) guess(at ownership.Location, one bool) {
	guessed, ours := c.schemas.guess(c.text, one)
	if !ours || slices.ContainsFunc(c.entries, func(e entry) bool { return e.guessed != nil }) {
		return
	}
	found := entry{namespace: guessed.namespace, name: guessed.name, location: at, guessed: &guessed}
	if len(guessed.kinds) == 1 {
		found.kind = guessed.kinds[0]
	}
	if found.kind == "Area" && guessed.name != "" && guessed.namespace != AnyNamespace {
		metadata := map[string]any{"name": guessed.name, "namespace": cmp.Or(guessed.namespace, DefaultNamespace)}
		found.salvaged = salvage(map[string]any{"metadata": metadata}, origin{location: at, dir: c.dir, root: c.root})
	}
	c.entries = append(c.entries, found)
}

// classify decides what a YAML document is. Folders of manifests hold other files too: people, values of a Helm
// chart, manifests of other systems. They are passed over in silence, unless something in them was surely meant for
// Remit.
//
//	apiVersion          kind                     what
//	remit.dev/v1alpha1  one of the kinds         checked
//	remit.dev/v1alpha1  AreaList, …              its items are
//	remit.dev/v1alpha1  Remediation              passed over: Remit makes these
//	remit.dev/v1alpha1  missing, or another      a problem
//	remit.dev/…         any                      a problem: another version
//	nearly remit.dev    one of the kinds         a problem: a misspelt group
//	v1                  List                     its items are classified
//	another             any                      passed over
//	none                one of the kinds         a problem: no apiVersion
//	none                another, or none         passed over
//	                    (a list at the top)      passed over, unless it has objects of ours
//	                    (text at the top)        a problem: no file of any use looks like that
func (c *checker) classify(node *yaml.Node, inList bool) {
	switch {
	case node.Kind == yaml.MappingNode:
		c.classifyMapping(node, inList)
	case node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			if version, kind := header(item); strings.HasPrefix(version, group+"/") && kind != "" {
				c.report(item, "", "write each object as a document of its own, with `---` between them", "objects in a list at the top of a file are not read")
				return
			}
		}
	case node.Kind == yaml.ScalarNode && node.ShortTag() != "!!null":
		c.report(node, "", "write `apiVersion`, `kind`, `metadata` and `spec`, or give the file another ending", "the document is text, not a map")
	}
}

func (c *checker) classifyMapping(node *yaml.Node, inList bool) {
	version, kind := header(node)
	itsGroup, _, _ := strings.Cut(version, "/")
	_, ours := c.schemas[kind]
	listOf := strings.TrimSuffix(kind, "List")
	_, isList := c.schemas[listOf]
	switch {
	case version == apiVersion && ours:
		c.object(node, kind)
	case version == apiVersion && isList && listOf != kind, version == "v1" && kind == "List":
		c.items(node, inList)
	case version == apiVersion && (kind == madeByRemit || listOf == madeByRemit):
	case version == apiVersion && kind == "":
		c.report(node, "kind", "add `kind: Area`, or another of "+strings.Join(c.schemas.kinds(), ", "), "`kind` is missing")
	case version == apiVersion:
		remedy := nearest.Question(kind, c.schemas.kinds())
		if remedy == "" {
			remedy = "use one of " + strings.Join(c.schemas.kinds(), ", ")
		}
		c.report(valueOf(node, "kind"), "kind", remedy, "unknown kind %q", kind)
	case itsGroup == group || ours && nearest.Question(itsGroup, []string{group}) != "":
		c.report(valueOf(node, "apiVersion"), "apiVersion", "write `apiVersion: "+apiVersion+"`", "unknown version %q", version)
	case version == "" && ours:
		c.report(node, "apiVersion", "add `apiVersion: "+apiVersion+"`", "`apiVersion` is missing")
	}
}

func (c *checker) items(node *yaml.Node, inList bool) {
	items := valueOf(node, "items")
	switch {
	case inList:
		c.report(node, "kind", "write its items in the outer list", "a list in a list is not read")
	case items.Kind == yaml.SequenceNode:
		for _, item := range items.Content {
			c.classify(item, true)
		}
	case items.Kind != yaml.ScalarNode || items.ShortTag() != "!!null":
		c.report(items, "items", "write each object on a line of its own that begins with `- `", "want a list")
	}
}

// header gives what a mapping says of apiVersion and kind, as far as that is text.
func header(node *yaml.Node) (version, kind string) {
	text := func(key string) string {
		if value := valueOf(node, key); value != node && value.Kind == yaml.ScalarNode {
			return value.Value
		}
		return ""
	}
	return text("apiVersion"), text("kind")
}

// valueOf is the value of a key, or the mapping itself where it has none.
func valueOf(node *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return node
}

// report says what is wrong with a node that may be meant for Remit and cannot be taken for anything.
func (c *checker) report(node *yaml.Node, path, remedy, format string, arguments ...any) {
	problem := at(c.file, node, format, arguments...)
	c.guess(problem.Location, c.alone)
	problem.Field, problem.Remedy = path, remedy
	c.problems = append(c.problems, problem)
}

// object checks one object of ours.
func (c *checker) object(node *yaml.Node, kind string) {
	schema, err := c.schemas[kind]()
	if err != nil {
		c.err = err
		return
	}
	place := ownership.Location{File: c.file, Line: node.Line, Column: node.Column}
	reader := reader{file: c.file}
	value := reader.read(node)
	problems := reader.problems
	if !reader.stopped {
		explainer := explainer{schema: schema, fields: reader.fields, object: place}
		unknown, errs := schema.check(context.Background(), value)
		problems = append(problems, explainer.unknownFields(unknown)...)
		problems = append(problems, explainer.fieldErrors(errs)...)
	}
	found := entry{kind: kind, location: place}
	found.namespace, found.name = nameIn(value)
	if len(problems) == 0 {
		origin := origin{location: place, dir: c.dir, root: c.root, fields: reader.fields}
		add, err := typed(kind, value, origin)
		if err != nil {
			problems = append(problems, explainer{schema, reader.fields, place}.fieldErrors(field.ErrorList{err})...)
		}
		found.add = add
	}
	if len(problems) > 0 {
		found.add, found.lost = nil, lost(kind, value, place)
		found.references = referencesOf(kind, value, func(path string) ownership.Location { return reader.fields.locate(path, place) })
		found.references = slices.DeleteFunc(found.references, func(r reference) bool {
			return slices.ContainsFunc(problems, func(problem ownership.Problem) bool { return problem.Field == r.field })
		})
		if kind == "Area" {
			found.salvaged = salvage(value, origin{location: place, dir: c.dir, root: c.root, fields: reader.fields})
		}
	}
	if more := len(problems) - maxReported; more > 0 {
		problems = append(problems[:maxReported], ownership.Problem{Location: place, Message: fmt.Sprintf("%d more problems", more), Remedy: "correct those above first"})
	}
	c.entries = append(c.entries, found)
	c.problems = append(c.problems, problems...)
}

// nameIn is an object's namespace and name, as far as they are text.
func nameIn(value map[string]any) (namespace, name string) {
	metadata, _ := value["metadata"].(map[string]any)
	namespace, _ = metadata["namespace"].(string)
	name, _ = metadata["name"].(string)
	return namespace, name
}

// describe names an object for people: Area default/checkout.
func (e entry) describe() string {
	if e.namespace == "" {
		return fmt.Sprintf("%s %s", e.kind, e.name)
	}
	return fmt.Sprintf("%s %s/%s", e.kind, e.namespace, e.name)
}
