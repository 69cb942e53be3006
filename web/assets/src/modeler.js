/*
 * Entry `modeler`: edits a process diagram with Milepost's properties, for process admins.
 *
 * What the template writes for it (all ids once on the page; all but the first three optional):
 *   <div id="canvas" data-xml="/url/of.bpmn" aria-label="..." data-select="element id to begin with"></div>
 *   <div id="properties"></div>                              the properties panel
 *   <script type="application/json" id="catalogue">          what the bundle offers; each list holds strings or {value, label}:
 *     {"forms": [], "records": [], "signatures": [], "steps": []}</script>
 *   <div class="modeler">...</div>                           around #canvas and #properties: puts them side by side
 *   <button type="button" id="undo">, id="redo"
 *   <button type="button" id="check" data-url="/check">      POSTs the XML (application/xml, X-CSRFToken from <meta name="csrf-token">),
 *                                                            gets JSON {"findings": [{element, severity: error|warning|note, sentence}]}
 *   <ul id="findings">                                       filled with buttons that show the element
 *   <p id="modeler-status" role="status">                    what happened, in one sentence
 *   <button type="button" id="download" data-filename="plan.bpmn">
 *   <form id="deploy-form" method="post"><textarea name="xml" hidden>...   its XML is filled in when the form is sent, by its own
 *   <button type="button" id="deploy">                       submit button or by this one
 *
 * When all is drawn: <html data-ready="modeler">. window.milepostModeler is the bpmn-js instance, for tests.
 * The lower right corner of the canvas belongs to the bpmn.io mark: nothing may cover it.
 */
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import BpmnModeler from 'bpmn-js/lib/Modeler';
import minimapModule from 'diagram-js-minimap';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './diagram/diagram.css';
import './modeler/modeler.css';
import { colours } from './diagram/colours.js';
import { addTools, fit, load, reveal } from './diagram/stage.js';
import { joinPage } from './modeler/page.js';
import milepostProvider from './modeler/provider.js';
import spiffworkflow from './modeler/spiffworkflow.json';

const PALETTE_WIDTH = 115;

async function start(container) {
  const modeler = new BpmnModeler({
    container,
    bpmnRenderer: colours,
    propertiesPanel: { parent: '#properties' },
    additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, milepostProvider, minimapModule],
    moddleExtensions: { spiffworkflow },
    debounceInput: 200,
    processCatalogue: JSON.parse(document.getElementById('catalogue')?.textContent || '{}'),
    zoomScroll: { enabled: false },
  });
  window.milepostModeler = modeler;
  await load(modeler, container);
  fit(modeler, container.dataset.select, PALETTE_WIDTH);
  addTools(modeler, container);
  joinPage(modeler);
  // the panel hears of selections only once it is mounted, which happens after this task
  await new Promise((resolve) => setTimeout(resolve, 50));
  if (container.dataset.select) reveal(modeler, container.dataset.select);
}

const container = document.getElementById('canvas');
try {
  await start(container);
} catch (error) {
  container.classList.add('is-failed');
  container.replaceChildren(`The diagram could not be opened: ${error.message}`);
}
document.documentElement.dataset.ready = 'modeler';
