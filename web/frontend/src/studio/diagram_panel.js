/** The properties panel: what the engine reads of an element, in words of the office. */
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { area, choice, feel, group, text, tick } from './diagram_fields.js';
import { optionLabel, variantLabel } from './diagram_labels.js';
import {
  Extensions, carrier, decisionOf, property, typeOf, variableReference,
} from './diagram_model.js';

const AFTER_BPMN = 400;
/** Groups that the modeler brings for elements that are not executed, or that we make ourselves. */
const REPLACED = ['timer', 'compensation', 'link', 'adHocCompletion', 'multiInstance'];
const TIMERS = ['timeDuration', 'timeDate', 'timeCycle'];

class Panel {
  constructor(propertiesPanel, vocabulary, injector) {
    this.vocabulary = vocabulary;
    this.injector = injector;
    this.translate = injector.get('translate');
    this.extensions = new Extensions(injector);
    propertiesPanel.registerProvider(AFTER_BPMN, this);
  }

  getGroups(element) {
    return (groups) => [
      ...groups.filter((each) => !REPLACED.includes(each.id)),
      ...this.#groups(element).filter((each) => each !== null),
    ];
  }

  #groups(element) {
    if (element.type === 'label') return [];
    const type = typeOf(carrier(element));
    return [
      this.#approval(element, type),
      this.#task(element, type),
      this.#service(element, type),
      this.#decision(element, type),
      this.#call(element, type),
      this.#condition(element),
      this.#timer(element),
      this.#loop(element),
      this.#routing(element, type),
      this.#languages(element, type),
    ];
  }

  /** The variables in reach, for the completion of expressions. */
  #variables() {
    const elements = this.injector.get('elementRegistry').getAll();
    const outcomes = elements
      .filter((each) => is(each, 'bpmn:UserTask') && property(carrier(each), 'approval'))
      .map((each) => property(carrier(each), 'resultVariable') || `${each.id}_outcome`);
    const routing = elements
      .flatMap((each) => property(carrier(each), 'routingVariables').split(','));
    const names = new Set([...this.vocabulary.variables, ...outcomes, ...routing.map((each) => each.trim())]);
    return [...names].filter(Boolean).sort().map((name) => ({ name }));
  }

  #own(element, name) {
    return [
      () => property(carrier(element), name),
      (value) => this.extensions.set(element, { [name]: value?.trim() ?? '' }),
    ];
  }

  #text(element, name, label, description) {
    return text(`own-${name}`, label, ...this.#own(element, name), { description });
  }

  #feel(element, name, label) {
    return feel(`own-${name}`, label, ...this.#own(element, name), { variables: this.#variables() });
  }

  #choice(element, name, label, values) {
    return choice(`own-${name}`, label, values, ...this.#own(element, name));
  }

  #approval(element, type) {
    if (type !== 'userTask') return null;
    const { translate, vocabulary } = this;
    const object = carrier(element);
    const kinds = vocabulary.approvals.map(({ kind }) => ({
      value: kind, label: variantLabel(kind, translate),
    }));
    const [get] = this.#own(element, 'approval');
    const kind = choice('own-approval', translate('Who decides'), kinds, get,
      (value) => this.#choose(element, value));
    const chosen = vocabulary.approvals.find((each) => each.kind === property(object, 'approval'));
    return group('approval', translate('Approval'), [kind, ...(chosen ? this.#options(element, chosen) : [])]);
  }

  /** Another kind keeps what every kind understands, and drops the options of the one before. */
  #choose(element, kind) {
    const known = this.vocabulary.approvals.flatMap((each) => each.options.map(({ name }) => name));
    const dropped = Object.fromEntries(known.map((name) => [`approval.${name}`, '']));
    const outcomes = property(carrier(element), 'approval.outcomes');
    const common = kind
      ? { 'approval.outcomes': outcomes || 'approve,reject' }
      : { 'approval.outcomes': '', 'approval.reasonRequired': '', 'approval.exclude': '' };
    this.extensions.set(element, { ...dropped, ...common, approval: kind });
  }

  #options(element, { options }) {
    const { translate } = this;
    const own = options.map(({ name, feel: expression, required }) => {
      const label = `${optionLabel(name, translate)}${required ? ' *' : ''}`;
      if (name === 'decision') {
        return this.#choice(element, `approval.${name}`, label, this.vocabulary.decisions);
      }
      return expression
        ? this.#feel(element, `approval.${name}`, label)
        : this.#text(element, `approval.${name}`, label);
    });
    return [
      ...own,
      this.#text(element, 'approval.outcomes', translate('Outcomes'),
        translate('separated by commas; the first lets the case go on')),
      this.#text(element, 'approval.reasonRequired', translate('Outcomes that need a reason'),
        translate('separated by commas')),
      this.#feel(element, 'approval.exclude', translate('Persons who may not decide')),
    ];
  }

  #task(element, type) {
    if (type !== 'userTask') return null;
    const { translate, vocabulary } = this;
    return group('task', translate('Task'), [
      this.#choice(element, 'form', translate('Form'), vocabulary.forms),
      this.#choice(element, 'page', translate('Page'), vocabulary.pages),
      this.#choice(element, 'handler', translate('Handler'), vocabulary.handlers),
      this.#feel(element, 'candidateGroup', translate('Group (instead of the lane’s)')),
      this.#feel(element, 'dueDate', translate('Due')),
      this.#feel(element, 'followUpDate', translate('Follow up')),
      this.#text(element, 'priority', translate('Priority'), translate('0 to 100')),
      this.#text(element, 'resultVariable', translate('Variable for the outcome')),
      tick('own-bulk', translate('May be done in bulk'), ...this.#own(element, 'bulk')),
    ]);
  }

  #service(element, type) {
    if (type !== 'serviceTask' && type !== 'sendTask') return null;
    const { translate, vocabulary } = this;
    const known = vocabulary.services[property(carrier(element), 'service')] ?? [];
    return group('service', translate('Service'), [
      this.#choice(element, 'service', translate('Service'), Object.keys(vocabulary.services)),
      ...known.map((name) => this.#feel(element, `param.${name}`, name)),
      this.#text(element, 'resultVariable', translate('Variable for the result')),
      this.#text(element, 'retries', translate('Attempts')),
      this.#text(element, 'backoff', translate('Pause between attempts'), translate('for instance PT5M')),
    ]);
  }

  #decision(element, type) {
    if (type !== 'businessRuleTask') return null;
    const set = (value) => this.extensions.setDecision(element, value);
    return group('decision', this.translate('Decision table'), [
      choice('decision-id', this.translate('Decision table'), this.vocabulary.decisions,
        () => decisionOf(carrier(element)), set),
    ]);
  }

  #call(element, type) {
    if (type !== 'callActivity') return null;
    return group('call', this.translate('Called process'), [
      text('called-element', this.translate('Id of the process'),
        () => getBusinessObject(element).calledElement ?? '',
        (value) => this.#update(element, getBusinessObject(element), { calledElement: value || undefined })),
    ]);
  }

  #condition(element) {
    if (!is(element, 'bpmn:SequenceFlow')) return null;
    const flow = getBusinessObject(element);
    if (!isAny(flow.sourceRef, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'])) return null;
    return group('condition', this.translate('Condition'), [
      this.#expression('condition-expression', this.translate('Taken when'), element, flow, 'conditionExpression'),
    ]);
  }

  #timer(element) {
    const timer = getBusinessObject(element).eventDefinitions?.find((each) => (
      is(each, 'bpmn:TimerEventDefinition')
    ));
    if (!timer) return null;
    const { translate } = this;
    const type = TIMERS.find((each) => timer[each]) ?? '';
    const labels = [translate('for a duration'), translate('until a date'), translate('again and again')];
    const kinds = TIMERS.map((value, place) => ({ value, label: labels[place] }));
    const choose = (value) => {
      const none = Object.fromEntries(TIMERS.map((each) => [each, undefined]));
      const body = timer[type]?.body;
      this.#update(element, timer, { ...none, ...(value && { [value]: this.#formal(timer, body) }) });
    };
    const entries = [choice('timer-type', translate('Waits'), kinds, () => type, choose)];
    if (type) {
      entries.push(this.#expression('timer-value', translate('How long, or until when'), element, timer, type));
    }
    return group('timer', translate('Timer'), entries);
  }

  #loop(element) {
    const loop = getBusinessObject(element).loopCharacteristics;
    if (!loop) return null;
    const { translate } = this;
    const entries = is(loop, 'bpmn:StandardLoopCharacteristics')
      ? [this.#expression('loop-condition', translate('Repeats while'), element, loop, 'loopCondition'),
        text('loop-maximum', translate('At most so many times'), () => String(loop.loopMaximum ?? ''),
          (value) => this.#update(element, loop, { loopMaximum: Number.parseInt(value, 10) || undefined })),
        tick('loop-before', translate('Asks before the first time'), () => String(loop.testBefore ?? false),
          (value) => this.#update(element, loop, { testBefore: value === 'true' }))]
      : this.#items(element, loop);
    return group('loop', translate('Repetition'), entries);
  }

  #items(element, loop) {
    const { translate } = this;
    const reference = (name, label) => text(`loop-${name}`, label, () => loop[name]?.id ?? '', (value) => (
      this.#update(element, loop, { [name]: variableReference(this.injector.get('bpmnFactory'), value?.trim()) })));
    const item = (name, type, label) => text(`loop-${name}`, label, () => loop[name]?.name ?? loop[name]?.id ?? '',
      (value) => this.#update(element, loop, { [name]: this.#item(loop, type, value?.trim()) }));
    return [
      reference('loopDataInputRef', translate('Once for each item of')),
      item('inputDataItem', 'bpmn:DataInput', translate('The item is called')),
      this.#expression('loop-cardinality', translate('Or so many times'), element, loop, 'loopCardinality'),
      reference('loopDataOutputRef', translate('Results are collected in')),
      item('outputDataItem', 'bpmn:DataOutput', translate('The result of one is called')),
      this.#expression('loop-completion', translate('Ends early when'), element, loop, 'completionCondition'),
    ];
  }

  #item(loop, type, name) {
    if (!name) return undefined;
    const item = this.injector.get('bpmnFactory').create(type, { id: name });
    item.$parent = loop;
    return item;
  }

  #routing(element, type) {
    const { translate, vocabulary } = this;
    if (type === 'lane') {
      return group('routing', translate('Group'), [this.#feel(element, 'candidateGroup', translate('Group'))]);
    }
    if (type === 'process') {
      return group('routing', translate('Case'), [
        this.#text(element, 'routingVariables', translate('Variables a case starts with'), translate('separated by commas')),
        this.#text(element, 'timeZone', translate('Time zone')),
        this.#choice(element, 'calendar', translate('Calendar'), vocabulary.calendars),
        tick('own-restricted', translate('Confidential: only who takes part sees its cases'),
          ...this.#own(element, 'restricted')),
      ]);
    }
    const throwing = ['endEvent', 'intermediateThrowEvent'].includes(type)
      && getBusinessObject(element).eventDefinitions?.some((each) => is(each, 'bpmn:MessageEventDefinition'));
    return throwing ? group('routing', translate('Recipient'), [
      this.#feel(element, 'businessKey', translate('Business key (instead of the case’s own)')),
    ]) : null;
  }

  #languages(element, type) {
    if (!(type in this.vocabulary.properties)) return null;
    const { translate } = this;
    const names = [['en', translate('Name in English')], ['es', translate('Name in Spanish')]];
    const instructions = [
      ['fr', translate('Instruction in French')],
      ['en', translate('Instruction in English')],
      ['es', translate('Instruction in Spanish')],
    ];
    return group('languages', translate('Texts'), [
      ...names.map(([code, label]) => this.#text(element, `name.${code}`, label)),
      ...(type === 'userTask' ? instructions.map(([code, label]) => (
        area(`own-instruction.${code}`, label, ...this.#own(element, `instruction.${code}`)))) : []),
    ]);
  }

  /** A FEEL expression that BPMN keeps in an element of its own below `object`. */
  #expression(id, label, element, object, name) {
    const set = (value) => this.#update(element, object, { [name]: value ? this.#formal(object, value) : undefined });
    return feel(id, label, () => object[name]?.body ?? '', set, { variables: this.#variables() });
  }

  #formal(parent, body = '') {
    const expression = this.injector.get('bpmnFactory').create('bpmn:FormalExpression', { body });
    expression.$parent = parent;
    return expression;
  }

  #update(element, object, changes) {
    this.injector.get('modeling').updateModdleProperties(element, object, changes);
  }
}
Panel.$inject = ['propertiesPanel', 'config.vocabulary', 'injector'];

export const PanelModule = { __init__: ['officePanel'], officePanel: ['type', Panel] };
