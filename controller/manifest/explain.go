package manifest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// explainer turns what the API server's libraries say about one object into problems that say where in the file,
// and what to do.
type explainer struct {
	schema *kindSchema
	fields fieldIndex
	object ownership.Location
}

// unknownFields explains fields that the schema does not have.
func (e explainer) unknownFields(paths []string) []ownership.Problem {
	var problems []ownership.Problem
	for _, path := range paths {
		name := path[strings.LastIndexByte(path, '.')+1:]
		known := metadataFields()
		if parent := parentPath(path); parent != "metadata" {
			known = e.schema.properties(parent)
		}
		problem := e.problem(path, fmt.Sprintf("unknown field `%s`", name))
		problem.Remedy = nearest.Question(name, known)
		if problem.Remedy == "" {
			slices.Sort(known)
			problem.Remedy = "remove it"
			if len(known) > 0 && len(known) <= 12 {
				problem.Remedy += "; known here: " + strings.Join(known, ", ")
			}
		}
		problems = append(problems, problem)
	}
	return problems
}

// metadataFields are what people write in an object's metadata.
func metadataFields() []string { return []string{"name", "namespace", "labels", "annotations"} }

// fieldErrors explains errors, once for each field and reason, in the order of the file.
func (e explainer) fieldErrors(errs field.ErrorList) []ownership.Problem {
	var problems []ownership.Problem
	said := make(map[ownership.Problem]bool, len(errs))
	for _, err := range errs {
		path := canonicalPath(strings.TrimSuffix(err.Field, "."))
		if path == "<nil>" {
			path = ""
		}
		message, remedy := explain(err)
		if err.Type == field.ErrorTypeRequired {
			path, message, remedy = explainRequired(path)
		}
		problem := e.problem(path, message)
		problem.Remedy = remedy
		if !said[problem] {
			said[problem] = true
			problems = append(problems, problem)
		}
	}
	slices.SortStableFunc(problems, func(a, b ownership.Problem) int {
		return cmp.Or(a.Compare(b.Location), strings.Compare(a.Field, b.Field), strings.Compare(a.Message, b.Message))
	})
	return problems
}

func (e explainer) problem(path, message string) ownership.Problem {
	return ownership.Problem{Location: e.fields.locate(path, e.object), Field: path, Message: message}
}

// explainRequired names the missing field in the object that misses it.
func explainRequired(path string) (in, message, remedy string) {
	name := path[strings.LastIndexByte(path, '.')+1:]
	return strings.TrimSuffix(strings.TrimSuffix(path, name), "."), fmt.Sprintf("`%s` is missing", name), fmt.Sprintf("add `%s`", name)
}

var (
	wantedType    = regexp.MustCompile(`must be of type ([a-z-]+): "(.*)"$`)
	wantedPattern = regexp.MustCompile(`should match '(.*)'$`)
	wantedBound   = regexp.MustCompile(`should (have at least|be at least|be greater than or equal to|be less than or equal to) (\d+)`)
	wantedGoType  = regexp.MustCompile(`cannot unmarshal (\w+) into Go struct field \w+\.([\w.]+) of type (\S+)$`)
	inBody        = regexp.MustCompile(`^\S* in body `)
)

// explain gives words for one error of the libraries.
//
//	enum            "hihg" is not one of info, low, medium, high, critical     did you mean `high`?
//	too long        longer than 63 characters                                  shorten it
//	too many        more than 32 entries                                       remove some
//	type            want text, found a number                                  put it in quotes
//	pattern         "Foo Bar" is not <what the pattern means>
//	set, map        "x" is listed twice                                        remove one of them
//	CEL             the rule's own message
//	the rest        the library's words
func explain(err *field.Error) (message, remedy string) {
	switch err.Type {
	case field.ErrorTypeNotSupported:
		allowed := quoted(err.Detail)
		return fmt.Sprintf("%s is not one of %s", show(err.BadValue), strings.Join(allowed, ", ")),
			cmp.Or(nearest.Question(fmt.Sprint(err.BadValue), allowed), "choose one of them")
	case field.ErrorTypeTooLong:
		return "too long: " + strings.TrimPrefix(err.Detail, "may not "), "shorten it"
	case field.ErrorTypeTooMany:
		return "too many entries: " + err.Detail, "remove some, or split the object"
	case field.ErrorTypeDuplicate:
		return show(err.BadValue) + " is listed twice", "remove one of them"
	case field.ErrorTypeForbidden:
		return err.Detail, "remove it"
	case field.ErrorTypeTypeInvalid, field.ErrorTypeInvalid:
		return explainInvalid(err)
	}
	return err.Detail, ""
}

func explainInvalid(err *field.Error) (message, remedy string) {
	if found := wantedType.FindStringSubmatch(err.Detail); found != nil {
		return explainType(found[1], found[2], err.BadValue)
	}
	if found := wantedPattern.FindStringSubmatch(err.Detail); found != nil {
		if text, _ := err.BadValue.(string); strings.HasPrefix(text, "!") && strings.HasPrefix(found[1], "^([^!") {
			return show(text) + " would exclude paths", "give them to an area of their own, whose more specific pattern wins"
		}
		return fmt.Sprintf("%s is not %s", show(err.BadValue), cmp.Or(patternMeanings()[found[1]], "of the form "+found[1])), ""
	}
	if found := wantedBound.FindStringSubmatch(err.Detail); found != nil {
		return explainBound(found[1], found[2])
	}
	if strings.HasPrefix(err.Detail, "a lowercase RFC 1123") {
		return fmt.Sprintf("%s is not the name of an object", show(err.BadValue)), "use lower-case letters, digits and `-`"
	}
	detail := inBody.ReplaceAllString(err.Detail, "")
	if text, isText := err.BadValue.(string); isText && text != "" && len(text) <= 100 && !structuralTypes[text] {
		return fmt.Sprintf("%s: %s", show(text), detail), ""
	}
	return detail, ""
}

func explainBound(relation, bound string) (message, remedy string) {
	switch {
	case relation == "have at least" && bound == "1":
		return "the list is empty", "add an entry, or remove the list and what needs it"
	case relation == "be at least" && bound == "1":
		return "the text is empty", "write something, or remove the field"
	case relation == "be less than or equal to":
		return "want at most " + bound, ""
	}
	return "want at least " + bound, ""
}

// explainMetadata finds the field of an object's metadata that could not be decoded.
func explainMetadata(err error) *field.Error {
	found := wantedGoType.FindStringSubmatch(err.Error())
	if found == nil {
		return field.TypeInvalid(field.NewPath("metadata"), "", err.Error())
	}
	name := strings.TrimPrefix(found[2], "metadata.")
	jsonTypes := map[string]string{"bool": "boolean", "map[string]string": "object", "[]string": "array"} // others have one name
	return field.TypeInvalid(field.NewPath("metadata", strings.Split(name, ".")...), "",
		fmt.Sprintf("must be of type %s: %q", cmp.Or(jsonTypes[found[3]], found[3]), cmp.Or(jsonTypes[found[1]], found[1])))
}

// structuralTypes are what the CEL validator gives as the bad value where the rule itself could not run.
var structuralTypes = map[string]bool{"object": true, "array": true, "string": true, "integer": true}

// typeNames are the JSON schema's types in the words of people who write YAML.
var typeNames = map[string]string{
	"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
	"array": "a list", "object": "a map", "null": "nothing",
}

func explainType(wanted, found string, value any) (message, remedy string) {
	if wanted == "date-time" {
		return fmt.Sprintf("%s is not a time", show(value)), "write a time such as 2026-03-31T00:00:00Z"
	}
	message = fmt.Sprintf("want %s, found %s", cmp.Or(typeNames[wanted], wanted), cmp.Or(typeNames[found], found))
	switch {
	case wanted == "string" && (found == "integer" || found == "number" || found == "boolean"):
		remedy = "put the value in quotes"
	case wanted == "array":
		remedy = "write each entry on a line of its own that begins with `- `"
	case wanted == "boolean" && found == "string":
		remedy = "write true or false without quotes"
	}
	return message, remedy
}

// Meaning says in words what a pattern of the schemas stands for; empty for any other.
func Meaning(pattern string) string { return patternMeanings()[pattern] }

// patternMeanings says what each pattern in the schemas stands for; a test keeps it whole.
func patternMeanings() map[string]string {
	return map[string]string{
		`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`:                                                                               "a name of lower-case letters, digits and single hyphens",
		`^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`:                                                                  "a tier: letters, digits, `_`, `.` and `-`, with a letter or digit at both ends",
		`^(\*|[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)$`:                                                             "a tier, or `*` for every tier",
		`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`:                                           "the name of an object: lower-case letters, digits, `-` and `.`",
		`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`:                                                                             "the name of a namespace: lower-case letters, digits and `-`",
		`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`:                                                                               "the name of an organisation",
		`^[A-Za-z0-9_][A-Za-z0-9_.-]*/\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*$`:                                               "a repository: ORGANISATION/NAME",
		`^[A-Za-z0-9_*][A-Za-z0-9_.*-]*/[A-Za-z0-9_.*-]+$`:                                                            "a pattern of repositories, such as `acme/*`",
		`^[A-Za-z0-9_][A-Za-z0-9_.-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*$`:                                                   "a team: ORGANISATION/TEAM",
		`^[A-Za-z][A-Za-z0-9]*:(([A-Za-z0-9][A-Za-z0-9_.-]*)?[A-Za-z0-9]/)?([A-Za-z0-9][A-Za-z0-9_.-]*)?[A-Za-z0-9]$`: "an entity of a catalog: KIND:NAMESPACE/NAME",
		`^([^!\[\]\\\x00-\x1f]|\\[^\x00-\x1f])([^\[\]\\\x00-\x1f]|\\[^\x00-\x1f])*$`:                                  "a pattern of CODEOWNERS, where `[`, `]` and `\\` need a `\\` before them",
		`^[^\x00-\x1f]+$`:   "a path without control characters",
		`^[A-Za-z0-9._-]+$`: "a key of a ConfigMap's or Secret's data: letters, digits, `.`, `_` and `-`",
		`^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`: "the key of a label or annotation: NAME or PREFIX/NAME",
		`^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$`:                                                                      "the value of a label: letters, digits, `_`, `.` and `-`, with a letter or digit at both ends",
		`^(user|team|schedule):[^\s#,]+$`:                                                                                    "a pattern of holders, such as `team:acme/*`",
		`^[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$`:                                                                                 "a pattern of namespaces, such as `payments-*`",
		`^[A-Za-z*][A-Za-z0-9*]*:[A-Za-z0-9_.*-]+/[A-Za-z0-9_.*-]+$`:                                                         "a pattern of entities, such as `component:payments/*`",
		`^[0-9a-f]{64}$`:    "a SHA-256 in hexadecimal",
		`^[1-9][0-9]{0,2}$`: "a number from 1 to 999",
	}
}

// quoted takes the values out of `supported values: "a", "b"`.
func quoted(detail string) []string {
	var values []string
	for i, part := range strings.Split(detail, `"`) {
		if i%2 == 1 {
			values = append(values, part)
		}
	}
	return values
}

// show writes a value in quotes, shortened to what is worth reading.
func show(value any) string {
	const longest = 80
	text := fmt.Sprint(value)
	if object, ok := value.(map[string]any); ok {
		text = cmp.Or(nameOf(object), "an entry")
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// nameOf is the value of the only key, as the libraries report duplicates in lists of maps.
func nameOf(object map[string]any) string {
	if len(object) != 1 {
		return ""
	}
	for _, value := range object {
		return fmt.Sprint(value)
	}
	return ""
}
