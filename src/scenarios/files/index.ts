// SPDX-License-Identifier: MIT
/** Files that describe a user's own devices and machines. Nothing here reads a file: texts come in. */

export { DEVICE_SCHEMA, deviceFields, deviceSchema, readDeviceFile } from "./device-file.ts";
export { MACHINE_FIELDS, MACHINE_SCHEMA, machineSchema, readMachineFile } from "./machine-file.ts";
export { fileName, filePath, isFile } from "./names.ts";
