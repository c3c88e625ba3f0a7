package policy

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// checker walks a compiled module and holds every reference against the shapes
// of the documents. OPA's own type checker lets keyed maps
// (data.remit.teams[h].membrs) and the arguments of functions through; this one
// follows them, through local variables, rules and function calls, as far as
// what they hold can be known, and says nothing where it cannot.
//
// It also keeps policies inside data.remit and their own package, and from
// reading a keyed map whole.
type checker struct {
	compiler *ast.Compiler
	own      ast.Ref
	input    *encode.Shape
	data     *encode.Shape
	subject  string
	roles    roles
	report   *report
	// silent: shapes are being found out, nothing is said yet.
	silent bool
	// rules are the shapes of the values of rules, results of functions included.
	rules map[string]*joined
	// arguments are the shapes that functions are called with, as found in the
	// round before; next are those found in this one.
	arguments, next map[string][]joined
	// origins are what the variables that the compiler made up stand for.
	origins map[ast.Var]string
}

// checkRounds is how many calls deep the shape of an argument is followed.
const checkRounds = 3

// check goes through the rules in the order of their dependencies, several times:
// the callers of a function come after it, so the shapes of its arguments are
// known only in the next round.
func (c *checker) check() {
	c.origins = map[ast.Var]string{}
	sorted, ok := c.compiler.Graph.Sort()
	if !ok { // recursive, which OPA will say; without an order fewer shapes are known
		for _, module := range c.compiler.Modules {
			for _, rule := range module.Rules {
				sorted = append(sorted, rule)
			}
		}
	}
	for round := range checkRounds {
		c.silent = round < checkRounds-1
		c.rules, c.next = map[string]*joined{}, map[string][]joined{}
		for _, node := range sorted {
			if rule, ok := node.(*ast.Rule); ok {
				c.rule(rule)
			}
		}
		c.arguments = c.next
	}
}

func (c *checker) rule(rule *ast.Rule) {
	scope := newScope()
	path := rule.Ref().GroundPrefix()
	arguments := c.arguments[path.String()]
	for i, argument := range rule.Head.Args {
		scope.bindAll(argument)
		if i < len(arguments) {
			scope.bind(argument, arguments[i].shape)
		}
	}
	c.body(rule.Body, scope)

	var value *encode.Shape
	switch {
	case isSet(rule):
		value = collection(encode.Set, c.term(rule.Head.Key, scope, rule.Location))
	case rule.Head.Value != nil:
		value = c.term(rule.Head.Value, scope, rule.Location)
	}
	for range len(rule.Ref()) - len(path) {
		value = collection(encode.Map, value)
	}
	key := path.String()
	if c.rules[key] == nil {
		c.rules[key] = &joined{}
	}
	c.rules[key].add(value)
}

func (c *checker) body(body ast.Body, scope *scope) {
	for _, expr := range body {
		c.expr(expr, scope)
		scope.bound.Update(ast.OutputVarsFromExpr(c.compiler, expr, scope.bound))
	}
}

func (c *checker) expr(expr *ast.Expr, scope *scope) {
	for _, with := range expr.With {
		c.with(with, scope)
	}
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		c.term(terms, scope, expr.Location)
	case []*ast.Term:
		c.call(terms, scope, expr.Location)
	case *ast.Every:
		c.every(terms, scope, expr.Location)
	}
}

func (c *checker) every(every *ast.Every, scope *scope, location *ast.Location) {
	domain := c.term(every.Domain, scope, location)
	inner := scope.closure()
	if every.Key != nil {
		inner.bindAll(every.Key)
	}
	inner.bindAll(every.Value)
	inner.bind(every.Value, elementOf(domain))
	c.body(every.Body, inner)
}

// with checks the path that a `with` replaces, which must exist. It is no read.
func (c *checker) with(with *ast.With, scope *scope) {
	c.term(with.Value, scope, with.Location)
	target, ok := with.Target.Value.(ast.Ref)
	if !ok || !target[0].Equal(ast.InputRootDocument) && !target[0].Equal(ast.DefaultRootDocument) {
		return // the mock of a builtin
	}
	if target[0].Equal(ast.InputRootDocument) {
		c.follow(c.input, target, 1, with.Location)
		return
	}
	if len(target) < 3 || !isText(target[1], store.Root) {
		c.problem(with.Location, "replace a document of data.remit, such as data.remit.clock.day", "with cannot replace %s", c.written(target))
		return
	}
	if !isText(target[2], "policies") {
		c.follow(c.data, target, 2, with.Location)
	}
}

// term checks every reference in a term and gives the term's shape.
func (c *checker) term(term *ast.Term, scope *scope, location *ast.Location) *encode.Shape {
	if term.Location != nil && term.Location.Row > 0 {
		location = term.Location
	}
	switch value := term.Value.(type) {
	case ast.Var:
		if value.Equal(ast.InputRootDocument.Value) {
			return c.input
		}
		if value.Equal(ast.DefaultRootDocument.Value) {
			return c.ref(ast.Ref{term}, scope, location)
		}
		return scope.shapes[value]
	case ast.Ref:
		for _, part := range value[1:] {
			c.term(part, scope, location)
		}
		return c.ref(value, scope, location)
	case *ast.Array:
		var element joined
		value.Foreach(func(t *ast.Term) { element.add(c.term(t, scope, location)) })
		return collection(encode.Array, element.shape)
	case ast.Set:
		var element joined
		value.Foreach(func(t *ast.Term) { element.add(c.term(t, scope, location)) })
		return collection(encode.Set, element.shape)
	case ast.Object:
		return c.object(value, scope, location)
	case *ast.ArrayComprehension:
		return collection(encode.Array, c.comprehension(value.Body, value.Term, nil, scope, location))
	case *ast.SetComprehension:
		return collection(encode.Set, c.comprehension(value.Body, value.Term, nil, scope, location))
	case *ast.ObjectComprehension:
		return collection(encode.Map, c.comprehension(value.Body, value.Value, value.Key, scope, location))
	case ast.Call:
		c.call(value, scope, location)
	}
	return nil
}

// object gives the shape of a literal: only what its fields hold is known, not
// that it has no others.
func (c *checker) object(object ast.Object, scope *scope, location *ast.Location) *encode.Shape {
	shape := &encode.Shape{Kind: encode.Object}
	object.Foreach(func(key, value *ast.Term) {
		c.term(key, scope, location)
		field := c.term(value, scope, location)
		if name, ok := key.Value.(ast.String); ok {
			shape.Fields = append(shape.Fields, encode.Field{Name: string(name), Shape: field})
		}
	})
	return shape
}

func (c *checker) comprehension(body ast.Body, value, key *ast.Term, scope *scope, location *ast.Location) *encode.Shape {
	inner := scope.closure()
	c.body(body, inner)
	if key != nil {
		c.term(key, inner, location)
	}
	return c.term(value, inner, location)
}

func (c *checker) call(terms []*ast.Term, scope *scope, location *ast.Location) {
	operator, ok := terms[0].Value.(ast.Ref)
	if !ok {
		return
	}
	name, arguments := operator.String(), terms[1:]
	shapes := make([]*encode.Shape, len(arguments))
	for i, argument := range arguments {
		shapes[i] = c.term(argument, scope, location)
	}
	if (name == ast.Equality.Name || name == ast.Assign.Name) && len(arguments) == 2 {
		scope.bind(arguments[0], shapes[1])
		scope.bind(arguments[1], shapes[0])
		if made, ok := arguments[0].Value.(ast.Var); ok {
			if origin, ok := arguments[1].Value.(ast.Ref); ok {
				c.origins[made] = c.written(origin)
			}
		}
		return
	}
	arity := c.compiler.GetArity(operator)
	if arity < 0 || arity > len(arguments) {
		return
	}
	var result *encode.Shape
	if operator.HasPrefix(ast.DefaultRootRef) {
		if !operator.HasPrefix(c.own) {
			c.foreign(operator, location)
			return
		}
		c.passed(name, shapes[:arity])
		if known := c.rules[name]; known != nil {
			result = known.shape
		}
	} else {
		result = c.builtin(name, arguments[:arity], shapes[:arity], location)
	}
	if arity < len(arguments) {
		scope.bind(arguments[arity], result)
	}
}

// passed notes the shapes that a function is called with.
func (c *checker) passed(function string, shapes []*encode.Shape) {
	known := c.next[function]
	if known == nil {
		known = make([]joined, len(shapes))
		c.next[function] = known
	}
	for i, shape := range shapes {
		if i < len(known) {
			known[i].add(shape)
		}
	}
}

// builtin gives the shape of what a builtin returns, where it hands on what it
// was given.
func (c *checker) builtin(name string, arguments []*ast.Term, shapes []*encode.Shape, location *ast.Location) *encode.Shape {
	switch name {
	case ast.ObjectGet.Name:
		return c.objectGet(arguments, shapes, location)
	case ast.ArraySlice.Name, ast.ArrayReverse.Name:
		return shapes[0]
	case ast.Sort.Name:
		return collection(encode.Array, elementOf(shapes[0]))
	case ast.ArrayConcat.Name, ast.Or.Name, ast.And.Name:
		if same(shapes[0], shapes[1]) {
			return shapes[0]
		}
		if a, b := elementOf(shapes[0]), elementOf(shapes[1]); a != nil && same(a, b) {
			return collection(shapes[0].Kind, a)
		}
	case ast.Minus.Name:
		if shapes[0] != nil && shapes[0].Kind == encode.Set {
			return shapes[0]
		}
	}
	return nil
}

// objectGet is object.get(object, key, default). The default's shape must agree,
// or be empty, for the result's to be known.
func (c *checker) objectGet(arguments []*ast.Term, shapes []*encode.Shape, location *ast.Location) *encode.Shape {
	if shapes[0] == nil {
		return nil
	}
	keys := []*ast.Term{arguments[1]}
	if path, ok := arguments[1].Value.(*ast.Array); ok {
		keys = keys[:0]
		path.Foreach(func(key *ast.Term) { keys = append(keys, key) })
	}
	ref := append(ast.Ref{arguments[0]}, keys...)
	shape := c.follow(shapes[0], ref, 1, location)
	switch value := arguments[2].Value.(type) {
	case ast.Null, ast.Boolean, ast.Number, ast.String:
		return shape
	case *ast.Array:
		if value.Len() == 0 {
			return shape
		}
	case ast.Object:
		if value.Len() == 0 {
			return shape
		}
	}
	if same(shape, shapes[2]) {
		return shape
	}
	return nil
}

func elementOf(shape *encode.Shape) *encode.Shape {
	if shape == nil {
		return nil
	}
	return shape.Element
}

func (c *checker) problem(location *ast.Location, remedy, format string, arguments ...any) {
	if !c.silent {
		c.report.at(location, remedy, format, arguments...)
	}
}

func isText(term *ast.Term, text string) bool {
	value, ok := term.Value.(ast.String)
	return ok && string(value) == text
}

// written is a reference as the author wrote it, with the names that the
// compiler gave local variables turned back.
func (c *checker) written(ref ast.Ref) string {
	head, ok := ref[0].Value.(ast.Var)
	if !ok {
		return ref.String()
	}
	if name, rewritten := c.compiler.RewrittenVars[head]; rewritten {
		head = name
	}
	if head.IsGenerated() || head.IsWildcard() {
		name, known := c.origins[head]
		if !known {
			name = "it"
		}
		return dotted(name, ref[1:])
	}
	return c.report.short(append(ast.Ref{ast.NewTerm(head)}, ref[1:]...))
}

// dotted is a path as Rego writes it: data.remit.teams["team:acme/x"].members.
func dotted(head string, path []*ast.Term) string {
	var b strings.Builder
	b.WriteString(head)
	for _, term := range path {
		text, ok := term.Value.(ast.String)
		switch _, variable := term.Value.(ast.Var); {
		case variable:
			b.WriteString("[_]")
		case ok && ast.IsVarCompatibleString(string(text)):
			b.WriteString("." + string(text))
		default:
			b.WriteString("[" + term.Value.String() + "]")
		}
	}
	return b.String()
}
