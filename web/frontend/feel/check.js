/*
 * What is wrong with an expression before it runs: syntax errors, and the
 * spellings feelin accepts but answers with null.
 */
import { isFunction, normalName, parse } from './functions.js';

const RULES = {
  Comparison(node, text) {
    const [ , operator, operand ] = children(node);

    if (operator.name === 'in') {
      return swallowedLogic(operand, text);
    }
    return doubledOperator(operator, operand, text);
  },

  SimplePositiveUnaryTest(node, text) {
    const [ operator, operand ] = children(node);

    return operand && doubledOperator(operator, operand, text);
  },

  VariableName(node, text, { locals }) {
    const name = normalName(text.slice(node.from, node.to));

    if (!name.includes(' ') || locals.has(name) || isFunction(name)) {
      return null;
    }
    if (name.startsWith('not ')) {
      return `"${name}" is read as one name: write not(${name.slice(4)})`;
    }
    return `"${name}" is read as one name with spaces; variable names have none`;
  },

  FunctionInvocation(node, text, { locals }) {
    const called = node.firstChild;
    const name = normalName(text.slice(called.from, called.to));

    if (called.name !== 'VariableName' || locals.has(name) || isFunction(name)) {
      return null;
    }
    return `there is no function "${name}"`;
  },

  NumericLiteral(node, text) {
    const literal = text.slice(node.from, node.to);

    return /e/i.test(literal) ? `"${literal}": numbers have no exponent in FEEL` : null;
  },

  InstanceOfExpression() {
    return '"instance of" is not supported';
  },

  SpecialType() {
    return 'types are not supported';
  }
};

function children(node) {
  const found = [];

  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!child.type.isSkipped) {
      found.push(child);
    }
  }
  return found;
}

function doubledOperator(operator, operand, text) {
  if (operator.name !== 'CompareOp' || operand.name !== 'SimplePositiveUnaryTest'
      || operand.firstChild.name !== 'CompareOp') {
    return null;
  }
  const written = text.slice(operator.from, operand.firstChild.to);

  return `"${written}" is no operator of FEEL; there are = != < <= > >=`;
}

function swallowedLogic(operand, text) {
  const inner = operand.name === 'PositiveUnaryTest' && operand.firstChild;

  if (!inner || ![ 'Conjunction', 'Disjunction' ].includes(inner.name)) {
    return null;
  }
  return `everything after "in" is read as one test ("${text.slice(inner.from, inner.to)}"): `
    + 'put the comparison with "in" into parentheses';
}

/** Names bound inside the expression: loop variables, parameters, context keys. */
function localNames(tree, text) {
  const names = new Set([ 'partial', 'item' ]);

  tree.iterate({
    enter({ name, from, to }) {
      if (name === 'Name' || name === 'ParameterName' || name === 'Key') {
        names.add(normalName(text.slice(from, to)));
      }
    }
  });
  return names;
}

function syntaxError(tree, text) {
  let position = -1;

  tree.iterate({
    enter({ type, from }) {
      if (type.isError && position < 0) {
        position = from;
      }
    }
  });
  if (position < 0) {
    return null;
  }
  const rest = text.slice(position).trim();
  const message = rest
    ? `cannot be read from "${rest.slice(0, 30)}" on`
    : 'is incomplete';

  return { message, from: position };
}

/**
 * Problems as {message, from}, the position counted in characters, and the
 * node that the whole expression is.
 */
export function check(text, unary) {
  const tree = parse(text, unary);
  const error = syntaxError(tree, text);

  if (error) {
    return { problems: [ error ], root: null };
  }
  const problems = [];
  const locals = localNames(tree, text);

  tree.iterate({
    enter({ name, node, from }) {
      const message = Object.hasOwn(RULES, name) && RULES[name](node, text, { locals });

      if (message) {
        problems.push({ message, from });
      }
    }
  });
  return { problems, root: rootName(tree.topNode) };
}

function rootName(top) {
  let node = children(top)[0];

  while (node.name === 'ParenthesizedExpression') {
    node = children(node)[1];
  }
  return node.name;
}
