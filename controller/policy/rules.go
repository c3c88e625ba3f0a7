package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
)

// The rules that a policy is made of.
const (
	ruleDeny    = "deny"
	ruleWarn    = "warn"
	ruleDeclare = "declare"
)

var (
	policyRules = []string{ruleDeny, ruleWarn, ruleDeclare}
	// ruleForms say how each is written.
	ruleForms = map[string]string{
		ruleDeny:    "`deny contains {\"key\": ..., \"message\": ...} if {...}`",
		ruleWarn:    "`warn contains {\"key\": ..., \"message\": ...} if {...}`",
		ruleDeclare: "`declare contains {\"role\": ..., \"holder\": ...} if {...}`",
	}
	requiredKeys = map[string][]string{
		ruleDeny: {"key", "message"}, ruleWarn: {"key", "message"}, ruleDeclare: {"role", "holder"},
	}
	allowedKeys = map[string][]string{
		ruleDeny:    {"key", "message", "role", "holder", "location", "severity"},
		ruleWarn:    {"key", "message", "role", "holder", "location", "severity"},
		ruleDeclare: {"role", "holder", "reason"},
	}
)

// ruleName is the first part of a rule's name: "deny" for `deny contains x` and for `deny.a.b := x`.
func ruleName(rule *ast.Rule) string {
	return strings.Trim(rule.Head.Ref()[0].String(), `"`)
}

// checkRules says what is wrong with the module's rules as they are written.
//
//	rule                                               verdict
//	-------------------------------------------------------------------------------------
//	deny, warn, declare, a set at the top level        good, if a literal result has what it needs
//	deny, warn, declare, anything else                 problem: not a set
//	declare, subject not area                          problem
//	other set of results, used by no other rule        problem: misnamed
//	set named much like one of the three, used by none problem: misnamed
//	anything else                                      a helper
//	none of the three at all                           problem, if nothing was misnamed
func checkRules(module *ast.Module, subject string, r *report) {
	used := usedNames(module)
	found, misnamed := false, false
	for _, rule := range module.Rules {
		name := ruleName(rule)
		if slices.Contains(policyRules, name) {
			found = true
			checkPolicyRule(rule, name, subject, r)
			continue
		}
		if used[name] || !isSet(rule) || strings.HasPrefix(name, "test_") {
			continue
		}
		if meant := intended(rule, name); meant != "" {
			misnamed = true
			r.at(rule.Location, "did you mean `"+meant+"`?", "the rule %s is never read: policies are made of deny, warn and declare", name)
		}
	}
	if !found && !misnamed {
		r.at(module.Package.Location, "add "+ruleForms[ruleDeny], "the module has none of the rules deny, warn and declare")
	}
}

func checkPolicyRule(rule *ast.Rule, name, subject string, r *report) {
	if !isSet(rule) || len(rule.Head.Ref()) != 1 || len(rule.Head.Args) > 0 {
		r.at(rule.Location, "write "+ruleForms[name], "%s must be a set of results", name)
		return
	}
	if name == ruleDeclare && subject != SubjectArea {
		r.at(rule.Location, "declare where custom.subject is area", "only policies of areas can declare, and this one's subject is %s", subject)
	}
	switch result := rule.Head.Key.Value.(type) {
	case ast.Object:
		checkLiteral(result, rule, name, r)
	case ast.Var, ast.Ref, ast.Call, *ast.ObjectComprehension: // known when it runs
	default:
		r.at(rule.Location, "write "+ruleForms[name], "a result of %s must be an object, not %s", name, a(ast.ValueName(result)))
	}
}

func checkLiteral(result ast.Object, rule *ast.Rule, name string, r *report) {
	computed := false
	result.Foreach(func(key, value *ast.Term) {
		field, ok := key.Value.(ast.String)
		if !ok {
			computed = true
			return
		}
		location := key.Location
		if location == nil {
			location = rule.Location
		}
		if !slices.Contains(allowedKeys[name], string(field)) {
			remedy := nearest.Question(string(field), allowedKeys[name])
			if remedy == "" {
				remedy = "it may have " + alternatives(allowedKeys[name])
			}
			r.at(location, remedy, "a result of %s has no field %s", name, string(field))
		}
		if text, ok := value.Value.(ast.String); ok && field == "role" && text != "" && !r.roles.has(string(text)) {
			r.at(location, r.roles.remedy(string(text)), "there is no role %q", string(text))
		}
		if text, ok := value.Value.(ast.String); ok && field == "severity" && ownership.Severity(text).Rank() < 0 {
			r.at(location, "use info, low, medium, high or critical", "severity is %q", string(text))
		}
	})
	for _, field := range requiredKeys[name] {
		if !computed && result.Get(ast.StringTerm(field)) == nil {
			r.at(rule.Location, "write "+ruleForms[name], "a result of %s needs %s", name, field)
		}
	}
}

func isSet(rule *ast.Rule) bool {
	return rule.Head.Key != nil && rule.Head.RuleKind() == ast.MultiValue
}

// intended gives the rule that a set was probably meant to be, or "".
func intended(rule *ast.Rule, name string) string {
	if result, ok := rule.Head.Key.Value.(ast.Object); ok {
		has := func(field string) bool { return result.Get(ast.StringTerm(field)) != nil }
		if has("role") && has("holder") && !has("message") {
			return ruleDeclare
		}
		if has("message") || has("key") && has("severity") {
			return meantFinding(name)
		}
	}
	low := strings.ToLower(name)
	for _, known := range policyRules {
		if strings.HasPrefix(low, known+"_") || low == known || low == known+"s" {
			return known
		}
	}
	switch low {
	case "denies", "denied", "violation", "violations", "failure", "error", "errors":
		return ruleDeny
	case "warning", "warnings":
		return ruleWarn
	case "assign", "declares", "declaration", "declarations":
		return ruleDeclare
	}
	return ""
}

func meantFinding(name string) string {
	if strings.HasPrefix(strings.ToLower(name), "w") {
		return ruleWarn
	}
	return ruleDeny
}

// usedNames are the names that other rules of the module refer to.
func usedNames(module *ast.Module) map[string]bool {
	used := map[string]bool{}
	for _, rule := range module.Rules {
		own := ruleName(rule)
		note := func(name string) {
			if name != own {
				used[name] = true
			}
		}
		visitor := ast.NewGenericVisitor(func(node any) bool {
			switch node := node.(type) {
			case ast.Var:
				note(string(node))
			case ast.Ref: // the package's full name before the rule's
				for _, term := range node[1:] {
					if name, ok := term.Value.(ast.String); ok && node[0].Equal(ast.DefaultRootDocument) {
						note(string(name))
					}
				}
			}
			return false
		})
		visitor.Walk(rule.Body)
		if rule.Head.Value != nil {
			visitor.Walk(rule.Head.Value)
		}
		if rule.Head.Key != nil {
			visitor.Walk(rule.Head.Key)
		}
		if rule.Else != nil {
			visitor.Walk(rule.Else)
		}
	}
	delete(used, "assign") // the builtin behind :=
	return used
}
