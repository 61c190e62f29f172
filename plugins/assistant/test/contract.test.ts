import { pluginContract } from '@deskgraph/plugin-testing';
import { mia, plugin } from './assistant-host.js';

pluginContract(plugin, { extends: ['Conversation'], principal: mia });
