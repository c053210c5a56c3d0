/** What is wrong with a diagram as far as the canvas can tell; the server says the rest at each save. */
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver';
import conditionalFlows from 'bpmnlint/rules/conditional-flows';
import endEventRequired from 'bpmnlint/rules/end-event-required';
import eventBasedGateway from 'bpmnlint/rules/event-based-gateway';
import noDisconnected from 'bpmnlint/rules/no-disconnected';
import noDuplicateSequenceFlows from 'bpmnlint/rules/no-duplicate-sequence-flows';
import noGatewayJoinFork from 'bpmnlint/rules/no-gateway-join-fork';
import noImplicitEnd from 'bpmnlint/rules/no-implicit-end';
import noImplicitSplit from 'bpmnlint/rules/no-implicit-split';
import singleBlankStartEvent from 'bpmnlint/rules/single-blank-start-event';
import singleEventDefinition from 'bpmnlint/rules/single-event-definition';
import startEventRequired from 'bpmnlint/rules/start-event-required';
import subProcessBlankStartEvent from 'bpmnlint/rules/sub-process-blank-start-event';
import superfluousGateway from 'bpmnlint/rules/superfluous-gateway';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { keyOf } from './diagram_offer.js';

const ERRORS = {
  'conditional-flows': conditionalFlows,
  'end-event-required': endEventRequired,
  'event-based-gateway': eventBasedGateway,
  'no-disconnected': noDisconnected,
  'no-duplicate-sequence-flows': noDuplicateSequenceFlows,
  'no-implicit-end': noImplicitEnd,
  'no-implicit-split': noImplicitSplit,
  'single-blank-start-event': singleBlankStartEvent,
  'single-event-definition': singleEventDefinition,
  'start-event-required': startEventRequired,
  'sub-process-blank-start-event': subProcessBlankStartEvent,
};
const WARNINGS = {
  'no-gateway-join-fork': noGatewayJoinFork,
  'superfluous-gateway': superfluousGateway,
};

/** The configuration of bpmnlint, with the engine's allow-list as a rule of its own. */
export function lintConfig(supported) {
  const known = new Set(supported);
  const rules = { ...ERRORS, ...WARNINGS, 'not-executed': () => ({ check: notExecuted(known) }) };
  const cache = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [`rule:bpmnlint/${name}`, rule]),
  );
  const severities = Object.fromEntries(
    Object.keys(rules).map((name) => [name, name in WARNINGS ? 'warn' : 'error']),
  );
  return { resolver: new StaticResolver(cache), config: { rules: severities } };
}

function notExecuted(known) {
  return (node, reporter) => {
    if (!is(node, 'bpmn:FlowNode')) return;
    const definitions = node.eventDefinitions ?? [];
    const key = keyOf({
      type: node.$type,
      triggeredByEvent: node.triggeredByEvent,
      eventDefinitionType: definitions[0]?.$type,
      cancelActivity: is(node, 'bpmn:BoundaryEvent') ? node.cancelActivity : undefined,
    });
    if (!known.has(key)) reporter.report(node.id, 'The engine does not execute this element');
  };
}
