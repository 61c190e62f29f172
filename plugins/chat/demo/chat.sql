-- Conversations of the demonstration's furniture shop; the customers are those of the customers plugin.
insert into conversation (id, channel, subject, status, customer_id, visitor_id, owner_kind, owner_id, version, last_sequence, activity, opened_at, updated_at) values
  ('con_li_wei_sofa', 'WEB', '沙发送货时间', 'OPEN', 'cus_li_wei', 'visitor-li', 'AGENT', 'agent-mia', 2, 5, '01J00000000000000000000106', now() - interval '40 minutes', now() - interval '6 minutes'),
  ('con_wang_fang_samples', 'WECHAT', '布料样品', 'OPEN', 'cus_wang_fang', null, 'QUEUE', null, 1, 2, '01J00000000000000000000105', now() - interval '25 minutes', now() - interval '25 minutes'),
  ('con_anna_invoice', 'EMAIL', 'VAT invoice for order 20417', 'OPEN', 'cus_anna_hoffmann', null, 'AGENT', 'agent-tom', 2, 4, '01J00000000000000000000104', now() - interval '3 hours', now() - interval '2 hours'),
  ('con_emily_beds', 'WHATSAPP', 'Eight matching bed frames', 'OPEN', 'cus_emily_carter', null, 'QUEUE', null, 1, 3, '01J00000000000000000000103', now() - interval '5 hours', now() - interval '4 hours'),
  ('con_tom_return', 'WEB', 'Returning a lamp', 'RESOLVED', 'cus_tom_okafor', null, 'AGENT', 'agent-mia', 3, 6, '01J00000000000000000000102', now() - interval '2 days', now() - interval '1 day'),
  ('con_priya_welcome', 'WHATSAPP', null, 'OPEN', 'cus_priya_nair', null, 'BOT', 'bot-welcome', 2, 3, '01J00000000000000000000101', now() - interval '3 days', now() - interval '3 days');

insert into participant (id, conversation_id, kind, principal_id, customer_id, display_name, last_read_sequence, unread_count) values
  ('par_li_wei', 'con_li_wei_sofa', 'VISITOR', 'visitor-li', 'cus_li_wei', '李伟 Li Wei', 4, 0),
  ('par_li_wei_mia', 'con_li_wei_sofa', 'AGENT', 'agent-mia', null, 'Mia Chen', 4, 1),
  ('par_wang_fang', 'con_wang_fang_samples', 'VISITOR', null, 'cus_wang_fang', '王芳 Wang Fang', 2, 0),
  ('par_anna', 'con_anna_invoice', 'VISITOR', null, 'cus_anna_hoffmann', 'Anna Hoffmann', 4, 0),
  ('par_anna_tom', 'con_anna_invoice', 'AGENT', 'agent-tom', null, 'Tom Becker', 4, 0),
  ('par_emily', 'con_emily_beds', 'VISITOR', null, 'cus_emily_carter', 'Emily Carter', 3, 0),
  ('par_tom', 'con_tom_return', 'VISITOR', null, 'cus_tom_okafor', 'Tom Okafor', 5, 0),
  ('par_tom_mia', 'con_tom_return', 'AGENT', 'agent-mia', null, 'Mia Chen', 6, 0),
  ('par_priya', 'con_priya_welcome', 'VISITOR', null, 'cus_priya_nair', 'Priya Nair', 3, 0),
  ('par_priya_bot', 'con_priya_welcome', 'BOT', 'bot-welcome', null, 'Welcome bot', 3, 0);

insert into conversation_event (conversation_id, sequence, change, at) values
  ('con_li_wei_sofa', 1, 'OPENED', now() - interval '40 minutes'),
  ('con_li_wei_sofa', 2, 'MESSAGE_ADDED', now() - interval '40 minutes'),
  ('con_li_wei_sofa', 3, 'OWNER_CHANGED', now() - interval '38 minutes'),
  ('con_li_wei_sofa', 4, 'MESSAGE_ADDED', now() - interval '37 minutes'),
  ('con_li_wei_sofa', 5, 'MESSAGE_ADDED', now() - interval '6 minutes'),
  ('con_wang_fang_samples', 1, 'OPENED', now() - interval '25 minutes'),
  ('con_wang_fang_samples', 2, 'MESSAGE_ADDED', now() - interval '25 minutes'),
  ('con_anna_invoice', 1, 'OPENED', now() - interval '3 hours'),
  ('con_anna_invoice', 2, 'MESSAGE_ADDED', now() - interval '3 hours'),
  ('con_anna_invoice', 3, 'OWNER_CHANGED', now() - interval '150 minutes'),
  ('con_anna_invoice', 4, 'MESSAGE_ADDED', now() - interval '2 hours'),
  ('con_emily_beds', 1, 'OPENED', now() - interval '5 hours'),
  ('con_emily_beds', 2, 'MESSAGE_ADDED', now() - interval '5 hours'),
  ('con_emily_beds', 3, 'MESSAGE_ADDED', now() - interval '4 hours'),
  ('con_tom_return', 1, 'OPENED', now() - interval '2 days'),
  ('con_tom_return', 2, 'MESSAGE_ADDED', now() - interval '2 days'),
  ('con_tom_return', 3, 'OWNER_CHANGED', now() - interval '47 hours'),
  ('con_tom_return', 4, 'MESSAGE_ADDED', now() - interval '47 hours'),
  ('con_tom_return', 5, 'MESSAGE_ADDED', now() - interval '26 hours'),
  ('con_tom_return', 6, 'STATUS_CHANGED', now() - interval '1 day'),
  ('con_priya_welcome', 1, 'OPENED', now() - interval '3 days'),
  ('con_priya_welcome', 2, 'MESSAGE_ADDED', now() - interval '3 days'),
  ('con_priya_welcome', 3, 'MESSAGE_ADDED', now() - interval '3 days');

insert into message (id, conversation_id, sequence, participant_id, client_message_id, kind, text, sent_at) values
  ('msg_li_1', 'con_li_wei_sofa', 2, 'par_li_wei', 'demo-li-1', 'TEXT', '你好，我上周订的沙发什么时候送到？', now() - interval '40 minutes'),
  ('msg_li_2', 'con_li_wei_sofa', 4, 'par_li_wei_mia', 'demo-mia-1', 'TEXT', '您好李先生，我马上帮您查一下订单。', now() - interval '37 minutes'),
  ('msg_li_3', 'con_li_wei_sofa', 5, 'par_li_wei', 'demo-li-2', 'TEXT', '好的，周六送最方便，谢谢！', now() - interval '6 minutes'),
  ('msg_wang_1', 'con_wang_fang_samples', 2, 'par_wang_fang', 'demo-wang-1', 'TEXT', '请问亚麻布料可以寄三种颜色的样品吗？项目下周要定稿。', now() - interval '25 minutes'),
  ('msg_anna_1', 'con_anna_invoice', 2, 'par_anna', 'demo-anna-1', 'TEXT', 'Hello, could you send the invoice for order 20417 with our VAT number DE811111111 on it?', now() - interval '3 hours'),
  ('msg_anna_2', 'con_anna_invoice', 4, 'par_anna_tom', 'demo-tom-1', 'TEXT', 'Of course. You will have the corrected invoice today.', now() - interval '2 hours'),
  ('msg_emily_1', 'con_emily_beds', 2, 'par_emily', 'demo-emily-1', 'TEXT', 'Hi! We are refitting eight guest rooms. Is the oak bed frame available eight times by the end of next month?', now() - interval '5 hours'),
  ('msg_emily_2', 'con_emily_beds', 3, 'par_emily', 'demo-emily-2', 'TEXT', 'And is there a discount for that number?', now() - interval '4 hours'),
  ('msg_tom_1', 'con_tom_return', 2, 'par_tom', 'demo-okafor-1', 'TEXT', 'The reading lamp flickers. Can I return it?', now() - interval '2 days'),
  ('msg_tom_2', 'con_tom_return', 4, 'par_tom_mia', 'demo-mia-2', 'TEXT', 'Sorry about that! I have sent you a return label; a new lamp leaves tomorrow.', now() - interval '47 hours'),
  ('msg_tom_3', 'con_tom_return', 5, 'par_tom', 'demo-okafor-2', 'TEXT', 'Perfect, it arrived and works. Thank you.', now() - interval '26 hours'),
  ('msg_priya_1', 'con_priya_welcome', 2, 'par_priya', 'demo-priya-1', 'TEXT', 'Do you ship to Mumbai?', now() - interval '3 days'),
  ('msg_priya_2', 'con_priya_welcome', 3, 'par_priya_bot', 'demo-bot-1', 'TEXT', 'Yes, we ship to India in 12 to 18 days. Would you like to talk to a colleague?', now() - interval '3 days');
