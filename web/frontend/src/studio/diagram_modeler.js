/** The BPMN modeler with everything around it, and what the office's diagrams need of it. */
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import LintModule from 'bpmn-js-bpmnlint';
import TokenSimulationModule from 'bpmn-js-token-simulation';
import MinimapModule from 'diagram-js-minimap';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import { ClipboardModule } from './diagram_clipboard.js';
import { InsertModule } from './diagram_insert.js';
import { lintConfig } from './diagram_lint.js';
import {
  Extensions, keepLoopVariables, moddleExtensions, properties, typeOf,
} from './diagram_model.js';
import { OfferModule } from './diagram_offer.js';
import { PanelModule } from './diagram_panel.js';

/** A modeler in `canvas` with its properties in `panel`; `vocabulary` is what the server offers. */
export function createModeler({ canvas, panel, vocabulary, translate }) {
  const modeler = new Modeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    moddleExtensions,
    vocabulary,
    linting: { bpmnlint: lintConfig(vocabulary.supported), active: true },
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      CreateAppendAnythingModule,
      LintModule,
      TokenSimulationModule,
      MinimapModule,
      ClipboardModule,
      OfferModule,
      InsertModule,
      PanelModule,
      { translate: ['value', translate] },
    ],
  });
  keepLoopVariables(modeler);
  dropWhatMeansNothing(modeler, vocabulary);
  return modeler;
}

/** A step that becomes one of another kind keeps the properties that mean something on it. */
function dropWhatMeansNothing(modeler, vocabulary) {
  modeler.on('commandStack.shape.replace.postExecuted', 500, ({ context }) => {
    const element = context.newShape;
    const type = typeOf(element.businessObject);
    const free = vocabulary.prefixes[type];
    const known = vocabulary.properties[type] ?? [];
    const dropped = properties(element.businessObject)
      .map(([name]) => name)
      .filter((name) => !known.includes(name) && !(free && name.startsWith(free)));
    const extensions = new Extensions(modeler);
    if (dropped.length > 0) {
      extensions.set(element, Object.fromEntries(dropped.map((name) => [name, ''])));
    }
    if (!is(element, 'bpmn:BusinessRuleTask')) extensions.setDecision(element, '');
  });
}
