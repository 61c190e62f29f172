-- A small furniture and home shop with customers in China and Europe.
insert into company (id, name, website) values
  ('com_lantian', '蓝天设计工作室', 'https://lantian.example'),
  ('com_hoffmann', 'Hoffmann Büroeinrichtung GmbH', 'https://hoffmann.example'),
  ('com_riverside', 'Riverside Guesthouse', 'https://riverside.example');

insert into customer (id, name, email, language, company_id, created_at) values
  ('cus_li_wei', '李伟 Li Wei', 'li.wei@example.com', 'zh-CN', null, now() - interval '210 days'),
  ('cus_wang_fang', '王芳 Wang Fang', 'wang.fang@lantian.example', 'zh-CN', 'com_lantian', now() - interval '180 days'),
  ('cus_zhang_min', '张敏 Zhang Min', 'zhang.min@lantian.example', 'zh-CN', 'com_lantian', now() - interval '170 days'),
  ('cus_chen_jie', '陈杰 Chen Jie', 'chen.jie@example.com', 'zh-CN', null, now() - interval '95 days'),
  ('cus_zhao_lei', '赵磊 Zhao Lei', null, 'zh-CN', null, now() - interval '12 days'),
  ('cus_anna_hoffmann', 'Anna Hoffmann', 'anna@hoffmann.example', 'de', 'com_hoffmann', now() - interval '320 days'),
  ('cus_jonas_weber', 'Jonas Weber', 'jonas.weber@hoffmann.example', 'de', 'com_hoffmann', now() - interval '150 days'),
  ('cus_emily_carter', 'Emily Carter', 'emily@riverside.example', 'en', 'com_riverside', now() - interval '400 days'),
  ('cus_tom_okafor', 'Tom Okafor', 'tom.okafor@example.com', 'en', null, now() - interval '60 days'),
  ('cus_sofia_rossi', 'Sofia Rossi', 'sofia.rossi@example.com', 'en', null, now() - interval '44 days'),
  ('cus_james_lee', 'James Lee', 'james.lee@example.com', 'en', null, now() - interval '20 days'),
  ('cus_priya_nair', 'Priya Nair', 'priya.nair@example.com', 'en', null, now() - interval '3 days');

insert into contact_point (id, customer_id, kind, value, is_primary) values
  ('cnt_li_wei_phone', 'cus_li_wei', 'PHONE', '+86 138 0013 8000', true),
  ('cnt_li_wei_wechat', 'cus_li_wei', 'WECHAT', 'liwei_home', true),
  ('cnt_wang_fang_phone', 'cus_wang_fang', 'PHONE', '+86 139 1002 7710', true),
  ('cnt_zhao_lei_wechat', 'cus_zhao_lei', 'WECHAT', 'zhaolei88', true),
  ('cnt_anna_phone', 'cus_anna_hoffmann', 'PHONE', '+49 30 5550 1020', true),
  ('cnt_emily_phone', 'cus_emily_carter', 'PHONE', '+44 20 7946 0958', true),
  ('cnt_emily_whatsapp', 'cus_emily_carter', 'WHATSAPP', '+44 7700 900123', true),
  ('cnt_priya_whatsapp', 'cus_priya_nair', 'WHATSAPP', '+91 98 7654 3210', true);

insert into note (id, customer_id, author_id, text, created_at) values
  ('01J00000000000000000000001', 'cus_li_wei', 'agent-mia', '喜欢浅色木材；送货请提前一天电话联系。', now() - interval '30 days'),
  ('01J00000000000000000000002', 'cus_li_wei', 'agent-tom', 'Prefers delivery on Saturdays.', now() - interval '9 days'),
  ('01J00000000000000000000003', 'cus_anna_hoffmann', 'agent-tom', 'Orders for three offices; always needs a VAT invoice.', now() - interval '60 days'),
  ('01J00000000000000000000004', 'cus_emily_carter', 'agent-mia', 'Runs a guesthouse: eight rooms, asks for matching sets.', now() - interval '100 days');

insert into customer_tag (customer_id, tag) values
  ('cus_li_wei', 'vip'), ('cus_li_wei', 'wood'),
  ('cus_anna_hoffmann', 'business'), ('cus_jonas_weber', 'business'),
  ('cus_emily_carter', 'business'), ('cus_emily_carter', 'vip'),
  ('cus_wang_fang', 'designer'), ('cus_zhang_min', 'designer'),
  ('cus_priya_nair', 'new');
