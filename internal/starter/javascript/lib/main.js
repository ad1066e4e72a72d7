#!/usr/bin/env node
import { Node } from "./maelstrom.js";
import { serve } from "./serve.js";

const node = new Node();
serve(node);
node.run();
