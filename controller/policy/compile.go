package policy

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// packagePrefix is what every policy's package starts with.
const packagePrefix = "remit.policies."

// Set is compiled policy instances, ready to judge. It is immutable and safe for
// concurrent use.
//
// Each instance has a compiler of its own. So several instances of one module
// stand side by side with different parameters, none can see another, and a bad
// one cannot spoil the rest.
type Set struct {
	instances []*instance // sorted by name
	plans     map[string]*encode.Plan
	types     map[string]reflect.Type // of the inputs, by kind of subject
	// buffers are for the bytes that digests are made of.
	buffers sync.Pool
}

// Policy describes a compiled instance.
type Policy struct {
	Name        string
	Title       string
	Description string
	Subject     string
	Severity    ownership.Severity
	// HandlesUnknown says that the policy takes it on itself to tell unknown from absent.
	HandlesUnknown bool
	// Rules are those of deny, warn and declare that it has.
	Rules []string
	// Parameters are those in force, sorted by name.
	Parameters []Parameter
	// File is the module's, Location the manifest's.
	File     string
	Location ownership.Location
	// Digest stands for all that the instance was compiled of: of two with the same, each says the same of everything.
	Digest Digest
	// Inputs are the paths of input that deny and warn can read, through helpers too, such as "input.declared.accountable".
	Inputs []string
	// DeclareInputs are those that declare can read.
	DeclareInputs []string
}

// instance is one compiled policy.
type instance struct {
	Policy
	embedded bool // see Source
	compiler *ast.Compiler
	judge    stage
	declare  stage
}

// place is where something stands in the instance's module.
func (i *instance) place(location *ast.Location) ownership.Location {
	return place(i.File, i.embedded, location)
}

// stage is what an instance does in one of the two phases.
type stage struct {
	programs []program
	// inputs is what the programs can read of input, through helpers too.
	inputs *encode.Mask
}

// program is the body of one deny, warn or declare rule. It is run as a query of
// its own, which hands over one result after the other: a rule that would give a
// million is stopped at the limit, before they are all in memory.
type program struct {
	rule     string
	body     ast.Body
	location *ast.Location
	roles    roles
}

// resultVar takes a program's result. No author can write this name.
const resultVar = ast.Var("$result")

// Compile compiles, checks and seals policy instances. A bad one is left out and
// its problems say why, with file, line and column; the others stay. The problems
// are sorted by place. The configured names are those of the roles; without any
// they are those of ownership.DefaultRoles.
func Compile(sources []Source, configured ...string) (*Set, []ownership.Problem) {
	set := &Set{plans: map[string]*encode.Plan{}, types: inputTypes()}
	documents, seal := newDocuments(), newSeal()
	masks := map[string]*encode.Mask{}
	seen := map[string]bool{}
	roles := newRoles(configured)
	var problems []ownership.Problem
	for i := range sources {
		r := &report{source: &sources[i], roles: roles}
		if seen[sources[i].Name] {
			r.manifest("metadata.name", "give each policy its own name", "there are two policies named %s", sources[i].Name)
		}
		seen[sources[i].Name] = true
		compiled := compile(r, documents, seal)
		problems = append(problems, r.problems...)
		if len(r.problems) > 0 {
			continue
		}
		set.instances = append(set.instances, compiled)
		if masks[compiled.Subject] == nil {
			masks[compiled.Subject] = &encode.Mask{}
		}
		masks[compiled.Subject].Union(compiled.judge.inputs)
		masks[compiled.Subject].Union(compiled.declare.inputs)
	}
	slices.SortFunc(set.instances, func(a, b *instance) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(problems, func(a, b ownership.Problem) int { return a.Location.Compare(b.Location) })
	for kind, t := range set.types {
		if masks[kind] == nil {
			continue
		}
		plan, err := encode.NewPlan(t, masks[kind])
		if err != nil { // newDocuments has read the same types
			panic(err)
		}
		set.plans[kind] = plan
	}
	return set, problems
}

// Policies describes the instances, sorted by name.
func (s *Set) Policies() []Policy {
	policies := make([]Policy, 0, len(s.instances))
	for _, instance := range s.instances {
		policies = append(policies, instance.Policy)
	}
	return policies
}

// compile compiles one source. What it gives is of use only if the report has
// stayed empty.
func compile(r *report, documents documents, seal seal) (compiled *instance) {
	defer func() { // a parser or compiler that panics costs one policy, not the process
		if caught := recover(); caught != nil {
			r.at(nil, "report this as a bug", "the policy cannot be compiled: %v", caught)
		}
	}()
	module := parse(r, seal)
	if module == nil {
		return nil
	}
	metadata := readMetadata(module, r)
	checkRules(module, metadata.subject, r)
	setParameters(module, r)
	checkZones(module, r)
	own, ok := ownPackage(module, r)
	if !ok {
		return nil
	}
	r.own = own
	schemas := documents.schemaSet(metadata.subject)
	if metadata.annotations != nil {
		documents.annotate(metadata.annotations)
	}
	compiler := ast.NewCompiler(). //nolint:staticcheck // unsafe builtins are the second fence, should one get past the first
					WithCapabilities(seal.capabilities).WithUnsafeBuiltins(seal.unsafe).
					WithSchemas(schemas).WithUseTypeCheckAnnotations(true)
	// Before OPA looks for recursion: `data` read whole is recursive too, and says less.
	compiler.WithStageAfterID(ast.StageRewriteDynamicTerms, ast.CompilerStageDefinition{
		Name: "CheckReferences", MetricName: "remit_check_references",
		Stage: func(compiler *ast.Compiler) *ast.Error {
			checker := checker{
				compiler: compiler, own: own, report: r, subject: metadata.subject, roles: r.roles,
				input: documents.inputs[metadata.subject], data: documents.data,
			}
			checker.check()
			return nil
		},
	})
	compiler.WithStageAfterID(ast.StageCheckTypes, ast.CompilerStageDefinition{
		Name: "InlineParameters", MetricName: "remit_inline_parameters",
		Stage: func(compiler *ast.Compiler) *ast.Error {
			if !compiler.Failed() && !replacesParameters(module) {
				inlineParameters(compiler, own)
			}
			return nil
		},
	})
	compiler.Compile(map[string]*ast.Module{r.source.File: module})
	for _, err := range compiler.Errors {
		r.opa(err)
	}
	if len(r.problems) > 0 {
		return nil
	}
	return link(r, metadata, compiler)
}

func parse(r *report, seal seal) *ast.Module {
	if size := len(bytes.TrimLeft(r.source.Text, "\n")); size > maxText {
		r.at(nil, "split the policy", "the policy has %d bytes, at most %d are read", size, maxText)
		return nil
	}
	if severity := r.source.Severity; severity != "" && severity.Rank() < 0 {
		r.manifest("spec.severity", "use info, low, medium, high or critical", "severity is %q", string(severity))
	}
	module, err := ast.ParseModuleWithOpts(r.source.File, string(r.source.Text), ast.ParserOptions{
		ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: seal.capabilities,
	})
	if err != nil {
		var several ast.Errors
		var single *ast.Error
		switch {
		case errors.As(err, &several):
			for _, each := range several {
				r.opa(each)
			}
		case errors.As(err, &single):
			r.opa(single)
		default:
			r.at(nil, "", "%v", err)
		}
		return nil
	}
	if module == nil {
		r.at(nil, "write a package line and a rule", "the module is empty")
	}
	return module
}

// ownPackage gives data.remit.policies.<name>.
func ownPackage(module *ast.Module, r *report) (ast.Ref, bool) {
	path := module.Package.Path
	if len(path) == 4 && isText(path[1], store.Root) && isText(path[2], "policies") {
		return path, true
	}
	r.at(module.Package.Location, "write `package "+packagePrefix+"NAME`, with _ for - in the name",
		"the package is %s", strings.TrimPrefix(path.String(), "data."))
	return nil, false
}

// checkZones refuses the time zone of the machine, which is not the same
// everywhere, where it is written as an argument of a time function. One that is
// put together at run time is not seen: main sets time.Local to UTC for it.
func checkZones(module *ast.Module, r *report) {
	look := func(operator *ast.Term, arguments []*ast.Term) {
		if !strings.HasPrefix(operator.String(), "time.") {
			return
		}
		for _, argument := range arguments {
			ast.WalkTerms(argument, func(term *ast.Term) bool {
				if isText(term, "Local") {
					r.at(term.Location, `name a zone, such as "UTC" or "Europe/Berlin"`, "the zone Local differs from machine to machine")
				}
				return false
			})
		}
	}
	ast.NewGenericVisitor(func(node any) bool {
		switch node := node.(type) {
		case *ast.Expr:
			if terms, ok := node.Terms.([]*ast.Term); ok {
				look(terms[0], terms[1:])
			}
		case ast.Call:
			look(node[0], node[1:])
		}
		return false
	}).Walk(module)
}

// link makes the programs of a compiled module.
func link(r *report, metadata metadata, compiler *ast.Compiler) *instance {
	compiled := &instance{compiler: compiler, embedded: r.source.Embedded, Policy: Policy{
		Name: r.source.Name, Title: metadata.title, Description: metadata.description, Subject: metadata.subject,
		Severity: metadata.severity, HandlesUnknown: metadata.handlesUnknown, File: r.source.File, Location: r.source.Location,
		Digest: r.source.digest(r.roles),
	}}
	module := compiler.Modules[r.source.File]
	roots := map[string][]*ast.Rule{}
	for _, rule := range module.Rules {
		name := ruleName(rule)
		if name == parametersRule {
			compiled.Parameters = parametersOf(rule)
		}
		if slices.Contains(policyRules, name) {
			roots[name] = append(roots[name], rule)
		}
	}
	for _, name := range policyRules {
		if len(roots[name]) > 0 {
			compiled.Rules = append(compiled.Rules, name)
		}
	}
	declared := reachOf(compiler, roots[ruleDeclare]...)
	checkDeclare(declared, r)
	compiled.declare = stage{programs: programsOf(roots[ruleDeclare], ruleDeclare, r.roles), inputs: inputsOf(declared)}
	judged := reachOf(compiler, slices.Concat(roots[ruleDeny], roots[ruleWarn])...)
	compiled.judge = stage{
		programs: append(programsOf(roots[ruleDeny], ruleDeny, r.roles), programsOf(roots[ruleWarn], ruleWarn, r.roles)...),
		inputs:   inputsOf(judged),
	}
	compiled.Inputs, compiled.DeclareInputs = writtenInputs(compiled.judge.inputs), writtenInputs(compiled.declare.inputs)
	return compiled
}

// writtenInputs are the paths of input in a mask, as they are written in Rego.
func writtenInputs(mask *encode.Mask) []string {
	var written []string
	for _, path := range mask.Paths() {
		written = append(written, dotted("input", terms(path)))
	}
	return written
}

// programsOf takes the compiled bodies of the rules and adds one expression that
// keeps the result.
func programsOf(rules []*ast.Rule, name string, roles roles) []program {
	programs := make([]program, 0, len(rules))
	for _, rule := range rules {
		body := slices.Clone(rule.Body)
		keep := ast.Equality.Expr(ast.NewTerm(resultVar), rule.Head.Key)
		keep.Index = len(body)
		keep.Location = rule.Location
		programs = append(programs, program{rule: name, body: append(body, keep), location: rule.Location, roles: roles})
	}
	return programs
}

func parametersOf(rule *ast.Rule) []Parameter {
	var parameters []Parameter
	object, _ := rule.Head.Value.Value.(ast.Object)
	if object == nil {
		return nil
	}
	for keys := object.KeysIterator(); ; {
		key, more := keys.Next()
		if !more {
			return parameters
		}
		name, _ := key.Value.(ast.String)
		parameters = append(parameters, Parameter{Name: string(name), Value: []byte(fmt.Sprint(object.Get(key)))})
	}
}
