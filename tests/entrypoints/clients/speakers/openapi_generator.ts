// What openapi-generator's TypeScript client makes of events.
import { readFileSync } from "node:fs";
import { EventFromJSON, EventToJSON } from "./models/Event";

const events = JSON.parse(readFileSync(0, "utf8")).map(EventFromJSON);
process.stdout.write(JSON.stringify(events.map(EventToJSON)));
