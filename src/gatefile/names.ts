/** How files are told from one another: by their names. */
export const CONFIG_FILE = 'gatekeeper.config.yaml';
export const GATE_ENDING = '.gate.yaml';
export const TEST_ENDING = '.gate.test.yaml';
