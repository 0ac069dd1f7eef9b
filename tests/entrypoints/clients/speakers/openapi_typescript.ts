// Events under openapi-typescript's types: that they fit is the compiler's to say.
import { events } from "./events";

process.stdout.write(JSON.stringify(events));
