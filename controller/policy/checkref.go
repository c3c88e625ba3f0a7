package policy

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// ref checks one reference and gives the shape of what it refers to.
func (c *checker) ref(ref ast.Ref, scope *scope, location *ast.Location) *encode.Shape {
	head, ok := ref[0].Value.(ast.Var)
	switch {
	case !ok:
		return nil
	case ref[0].Equal(ast.InputRootDocument):
		return c.follow(c.input, ref, 1, location)
	case ref[0].Equal(ast.DefaultRootDocument):
		return c.dataRef(ref, scope, location)
	default:
		return c.follow(scope.shapes[head], ref, 1, location)
	}
}

// dataRef decides on a reference below data.
//
//	reference                              verdict
//	----------------------------------------------------------------------------------------
//	data, data[x], data.remit, data.remit[x]  problem: which document?
//	data.other                             problem: nothing but data.remit is served
//	data.remit.policies.own.rule           the rule
//	data.remit.policies.another            problem: another policy's package
//	data.remit.teams                       problem, unless the subject is the organisation
//	data.remit.teams[h], h not bound       the same: it would go through all of them
//	data.remit.teams[h]                    one document
//	data.remit.clock                       one document
func (c *checker) dataRef(ref ast.Ref, scope *scope, location *ast.Location) *encode.Shape {
	const which = "name the document, such as data.remit.teams[holder] or data.remit.clock.day"
	if len(ref) < 3 {
		if len(ref) == 2 && !isText(ref[1], store.Root) {
			return c.notServed(ref, location)
		}
		c.problem(location, which, "%s is read whole", c.written(ref))
		return nil
	}
	if !isText(ref[1], store.Root) {
		return c.notServed(ref, location)
	}
	name, ok := ref[2].Value.(ast.String)
	if !ok {
		c.problem(location, which, "%s could be any document", c.written(ref[:3]))
		return nil
	}
	if name == "policies" {
		return c.ruleRef(ref, location)
	}
	document := c.data.Field(string(name))
	title := string(name)
	if document == nil || document.Kind != encode.Map || c.subject == SubjectOrganisation {
		return c.follow(c.data, ref, 2, location)
	}
	const remedy = "look one up by its key, such as data.remit.%s[id], or set custom.subject to organisation"
	if len(ref) == 3 {
		c.problem(location, fmt.Sprintf(remedy, title), "data.remit.%s is read whole, for each %s anew", title, c.subject)
		return document
	}
	if key, ok := ref[3].Value.(ast.Var); ok && !scope.bound.Contains(key) {
		c.problem(location, fmt.Sprintf(remedy, title), "data.remit.%s is gone through whole, for each %s anew: the key is not bound",
			title, c.subject)
	}
	return c.follow(c.data, ref, 2, location)
}

func (c *checker) notServed(ref ast.Ref, location *ast.Location) *encode.Shape {
	c.problem(location, "policies read input and data.remit", "%s is not there", c.written(ref[:2]))
	return nil
}

// ruleRef is a reference to a rule of the module itself.
func (c *checker) ruleRef(ref ast.Ref, location *ast.Location) *encode.Shape {
	if !ref.HasPrefix(c.own) {
		c.foreign(ref, location)
		return nil
	}
	if len(ref) == len(c.own) {
		c.problem(location, "name the rule", "%s is read whole", c.written(ref))
		return nil
	}
	for end := len(ref); end > len(c.own); end-- {
		if known := c.rules[ref[:end].String()]; known != nil {
			return c.follow(known.shape, ref, end, location)
		}
	}
	return nil
}

func (c *checker) foreign(ref ast.Ref, location *ast.Location) {
	c.problem(location, "write what both need into each: policies are judged on their own",
		"%s belongs to another policy", c.written(ref))
}

// follow goes down the shape along the reference from position at on.
//
//	at an ...   key                  goes on with
//	-------------------------------------------------------------------
//	object      name of a field      the field
//	object      other name           problem; a literal: nothing known
//	object      variable             nothing known
//	map         any                  the element; by role, problem if the name is no role
//	array, set  name                 problem
//	array, set  other                the element
//	scalar      any                  problem
func (c *checker) follow(shape *encode.Shape, ref ast.Ref, at int, location *ast.Location) *encode.Shape {
	for i := at; i < len(ref); i++ {
		if shape == nil {
			return nil
		}
		if ref[i].Location != nil && ref[i].Location.Row > 0 {
			location = ref[i].Location
		}
		name, named := ref[i].Value.(ast.String)
		switch shape.Kind {
		case encode.Object:
			if !named {
				return nil
			}
			field := shape.Field(string(name))
			if field == nil && shape.Type != nil {
				c.unknownField(shape, ref[:i+1], string(name), location)
			}
			shape = field
		case encode.Map:
			if byRole(shape) {
				c.roleKey(ref[:i+1], location)
			}
			shape = shape.Element
		case encode.Set:
			shape = elementOfSet(shape, ref[i])
		case encode.Array:
			if named {
				c.problem(location, "go through it with `some`, or take one with a number", "%s is an array: it has no field %s",
					c.written(ref[:i]), string(name))
				return nil
			}
			shape = shape.Element
		default:
			if shape.Type != nil {
				c.problem(location, "", "%s is a %s: it has no fields", c.written(ref[:i]), shape.Kind)
			}
			return nil
		}
	}
	return shape
}

// elementOfSet is s[x]: x is the element itself.
func elementOfSet(shape *encode.Shape, key *ast.Term) *encode.Shape {
	if _, ok := key.Value.(ast.Var); ok {
		return shape.Element
	}
	return nil
}

func (c *checker) unknownField(shape *encode.Shape, ref ast.Ref, name string, location *ast.Location) {
	fields := shape.FieldNames()
	remedy := "it has " + alternatives(fields)
	if near := nearest.Question(name, fields); near != "" {
		remedy = near + " " + remedy
	}
	c.problem(location, remedy, "%s does not exist", c.written(ref))
}
